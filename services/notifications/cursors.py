"""Where a reader of an inbox stands: a page's cursor, and the vector of positions that a stream resumes from.

An inbox is fed from several partitions that commit side by side, so no single number orders it without gaps that fill later. Within
one partition positions are gap-free in commit order: whoever has seen a position has seen all below it. The stream's cursor is
therefore the highest position seen in each partition, `0:12,3:7`.
"""

import base64
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Annotated
from uuid import UUID

import msgspec

_VECTOR = re.compile(r"\d{1,6}:\d{1,18}(,\d{1,6}:\d{1,18})*")


class InvalidCursorError(ValueError):
    """A cursor that we never gave."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The highest position that a reader has seen in each partition."""

    positions: Mapping[int, int] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the vector, partitions in order."""
        return ",".join(f"{partition}:{self.positions[partition]}" for partition in sorted(self.positions))

    def with_position(self, partition: int, position: int) -> "Seen":
        """Return the vector once a position was seen too."""
        return Seen({**self.positions, partition: position})

    @classmethod
    def parse(cls, text: str) -> "Seen":
        """Read a vector, "" meaning that nothing was seen, or raise InvalidCursorError."""
        if text and not _VECTOR.fullmatch(text):
            message = f"{text!r} is not a cursor of this stream"
            raise InvalidCursorError(message)
        pairs = [pair.split(":") for pair in text.split(",")] if text else []
        return cls({int(partition): int(position) for partition, position in pairs})


class Place(msgspec.Struct, frozen=True, array_like=True):
    """The last notice of a page that was read, newest first."""

    issued_at: Annotated[datetime, msgspec.Meta(tz=True)]
    notice: UUID

    def __str__(self) -> str:
        """Return the cursor, opaque to clients."""
        return base64.urlsafe_b64encode(msgspec.msgpack.encode(self)).decode().rstrip("=")

    @classmethod
    def parse(cls, text: str) -> "Place":
        """Read a cursor, or raise InvalidCursorError."""
        try:
            place = msgspec.msgpack.decode(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)), type=cls)
            place.issued_at.astimezone(UTC)
        except (ValueError, OverflowError) as error:  # an instant that is beyond any calendar in UTC
            message = f"{text!r} is not a cursor of this inbox"
            raise InvalidCursorError(message) from error
        return place
