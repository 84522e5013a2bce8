"""Conferences that cannot both be as planned: one place, one unit or one chair in two at once.

Two conferences meet in time where each begins before the other one ends; one that ends at eight leaves the place free at eight. An end
that nobody set counts as two hours after the beginning. Places and chairs are what people wrote: they are the same where nothing but case,
blanks and the last full stop differ, since fewer accents may be another name.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, NamedTuple
from uuid import UUID

OPEN_END = timedelta(hours=2)
"""How long a conference counts as going on whose end nobody set."""

ClashKind = Literal["place", "chair", "unit"]


@dataclass(frozen=True, slots=True)
class Meeting:
    """A conference as far as others can get in its way; `units` are those that take part in it."""

    id: UUID
    starts_at: datetime
    ends_at: datetime | None
    place: str
    chair: str | None = None
    units: frozenset[UUID] = frozenset()
    is_cancelled: bool = False

    @property
    def until(self) -> datetime:
        """Return when it counts as over."""
        return self.ends_at or self.starts_at + OPEN_END


class Clash(NamedTuple):
    """What a conference and another one cannot both have; `unit` where it is a unit."""

    other: UUID
    kind: ClashKind
    unit: UUID | None = None


def clashes_of(meetings: Iterable[Meeting]) -> Mapping[UUID, Sequence[Clash]]:
    """Return the clashes of each conference that has some, in order of time; each stands with both conferences."""
    found: dict[UUID, list[Clash]] = {}
    ordered = sorted((each for each in meetings if not each.is_cancelled), key=lambda each: (each.starts_at, each.id))
    for first, second in _overlapping(ordered):
        for kind, unit in _shared(first, second):
            found.setdefault(first.id, []).append(Clash(second.id, kind, unit))
            found.setdefault(second.id, []).append(Clash(first.id, kind, unit))
    return found


def _overlapping(ordered: Sequence[Meeting]) -> Iterator[tuple[Meeting, Meeting]]:
    """Yield each pair that meets in time once, of conferences in the order of their beginning."""
    going_on: list[Meeting] = []
    for each in ordered:
        going_on = [other for other in going_on if other.until > each.starts_at]
        for other in going_on:
            # One without length, at another one's very beginning, meets nobody.
            if other.starts_at < each.until:
                yield other, each
        going_on.append(each)


def _shared(first: Meeting, second: Meeting) -> Iterator[tuple[ClashKind, UUID | None]]:
    if same_words(first.place) == same_words(second.place):
        yield "place", None
    if first.chair and second.chair and same_words(first.chair) == same_words(second.chair):
        yield "chair", None
    for unit in sorted(first.units & second.units):
        yield "unit", unit


def same_words(text: str) -> str:
    """Return what two texts have in common that name the same place or person."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split()).rstrip(".")
