"""Why records are parked, told apart: reasons that differ only in the values of one record are one cause."""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from shared.streaming.parking import BEHIND

_VALUES = re.compile(
    r"""(?P<kept>\b(?:constraint|column|relation|table|function)\s"[^"]*"|`[^`]*`|\[[\w.<>]+\]$)"""
    r"""|b?'(?:[^'\\]|\\.)*'|b?"(?:[^"\\]|\\.)*"|[\w./:+-]*\d[\w./:+-]*"""
)
"""Values of one record: what is quoted, and each word with a digit; names of our own code and tables (kept) are none."""
_KIND = re.compile(r"(\w*?)(?:Error|Exception)?: ")
_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


class Cause(NamedTuple):
    """A cause: a short code that stays the same from record to record and version to version, and the reason without values."""

    code: str
    text: str


@dataclass(frozen=True, slots=True)
class ParkedKey:
    """A key that is parked: its first record, why that could not be applied, since when, and how many wait behind it."""

    topic: str
    partition: int
    offset: int
    key: bytes
    reason: str
    parked_at: datetime
    behind: int

    @property
    def place(self) -> str:
        """Return topic/partition/offset."""
        return f"{self.topic}/{self.partition}/{self.offset}"

    @property
    def cause(self) -> Cause:
        """Return the cause of its first record."""
        return cause_of(self.reason)


class Group(NamedTuple):
    """The keys that are parked for one cause, those that have waited longest first."""

    cause: Cause
    keys: list[ParkedKey]

    @property
    def records(self) -> int:
        """Return how many records are parked, those that wait behind included."""
        return len(self.keys) + sum(key.behind for key in self.keys)

    @property
    def since(self) -> datetime:
        """Return when the first of them was parked."""
        return min(key.parked_at for key in self.keys)

    @property
    def topics(self) -> list[str]:
        """Return the topics that they came by."""
        return sorted({key.topic for key in self.keys})


def cause_of(reason: str) -> Cause:
    """Return the cause that a reason is an instance of."""
    if reason == BEHIND:
        return Cause("behind", reason)
    lines = reason.splitlines() or [""]
    # PostgreSQL's further lines (DETAIL, CONTEXT) hold values; the place in our code stands at the end.
    place = _place_at_end(lines[-1]) if len(lines) > 1 else ""
    text = _VALUES.sub(lambda found: found["kept"] or "…", lines[0] + place)
    return Cause(f"{_kind_of(text)}-{hashlib.sha256(text.encode()).hexdigest()[:6]}", text)


def group_by_cause(keys: Iterable[ParkedKey]) -> list[Group]:
    """Return parked keys by cause, the cause that holds back most records first."""
    groups: dict[Cause, list[ParkedKey]] = {}
    for key in sorted(keys, key=lambda key: (key.parked_at, key.place)):
        groups.setdefault(key.cause, []).append(key)
    return sorted((Group(*each) for each in groups.items()), key=lambda group: (-group.records, group.cause.code))


def _place_at_end(line: str) -> str:
    found = re.search(r" \[[\w.<>]+\]$", line)
    return found[0] if found else ""


def _kind_of(text: str) -> str:
    found = _KIND.match(text)
    return _WORDS.sub("-", found[1]).lower() if found and found[1] else "invalid"
