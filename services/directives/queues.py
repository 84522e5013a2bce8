"""The facts of a key that wait for other facts of it, in the order in which they arrived."""

from collections.abc import Iterable
from datetime import datetime
from typing import Generic, TypeVar

from services.directives.domain import Claim

T = TypeVar("T")


class Waiting(Generic[T]):
    """A fact that waits: its place, what it is about, what it needs, until when, and how many bytes it has.

    `entry` is the fact itself, while it is in memory. `is_stored` where the table holds it; `is_over` once it waits no more.
    """

    __slots__ = ("entry", "expires_at", "is_over", "is_stored", "need", "offset", "size", "subject")

    def __init__(self, offset: int, subject: str, need: Claim, expires_at: datetime, size: int) -> None:
        self.offset = offset
        self.subject = subject
        self.need = need
        self.expires_at = expires_at
        self.size = size
        self.entry: T | None = None
        self.is_stored = False
        self.is_over = False

    def __lt__(self, other: "Waiting[T]") -> bool:
        return self.offset < other.offset


class Queue(Generic[T]):
    """What waits for facts of one key, found by the id of the thing that it needs."""

    __slots__ = ("_by_need", "_by_offset", "size")

    def __init__(self) -> None:
        self._by_offset: dict[int, Waiting[T]] = {}
        self._by_need: dict[str, dict[int, Waiting[T]]] = {}
        self.size = 0

    def __len__(self) -> int:
        return len(self._by_offset)

    def put(self, waiting: Waiting[T]) -> None:
        """Let a fact wait."""
        self._by_offset[waiting.offset] = waiting
        self._by_need.setdefault(waiting.need.name, {})[waiting.offset] = waiting
        self.size += waiting.size

    def take(self, offset: int) -> Waiting[T] | None:
        """Take a fact out, and return it where it was in."""
        waiting = self._by_offset.pop(offset, None)
        if waiting is not None:
            sharing = self._by_need[waiting.need.name]
            del sharing[offset]
            if not sharing:
                del self._by_need[waiting.need.name]
            self.size -= waiting.size
        return waiting

    def all(self) -> list[Waiting[T]]:
        """Return everything that waits."""
        return list(self._by_offset.values())

    def needing(self, name: str) -> list[Waiting[T]]:
        """Return what needs the thing with an id."""
        return list(self._by_need.get(name, {}).values())

    def reached_from(self, names: Iterable[str]) -> list[Waiting[T]]:
        """Return all that may be judged again once facts about these ids are registered, and what may follow from those in turn."""
        reached: dict[int, Waiting[T]] = {}
        ahead = list(names)
        while ahead:
            for waiting in self.needing(ahead.pop()):
                if waiting.offset not in reached:
                    reached[waiting.offset] = waiting
                    ahead.append(waiting.subject)
        return list(reached.values())
