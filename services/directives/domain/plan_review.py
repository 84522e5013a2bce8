"""What a plan leaves out of what its task demands: places of the index that are not in it, and lines that do not say all they have to.

A task may demand that its plan goes through areas, criteria and components, line by line, and that each line says certain things. Where
it names an index, every area, criterion and component of that index has to be there, at the levels that the task names; without one, each
level has to be there at all. A line deeper down also stands for what is above it; a line that leaves a step between open is taken to be
within it. A line at a level that the task does not name is a heading and has to say nothing. Of what is missing the topmost place is told.
Names are the same where nothing but case, blanks and the last full stop differ: fewer accents may be another name.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import NamedTuple, Protocol, get_args

from services.directives.domain.clashes import same_words
from shared.contracts.directives import PlanLevel, PlanPart, PlanRequirement

LEVELS: tuple[PlanLevel, ...] = get_args(PlanLevel)
PARTS: tuple[PlanPart, ...] = get_args(PlanPart)


class Placed(Protocol):
    """What stands at a place of an index: a line of a plan, a part of a score."""

    @property
    def area(self) -> str:
        """Return the area."""

    @property
    def criterion(self) -> str | None:
        """Return the criterion, None for what is of the whole area."""

    @property
    def component(self) -> str | None:
        """Return the component, None for what is of the whole criterion or area."""


class Line(Placed, Protocol):
    """A line of a plan."""

    @property
    def shortcoming(self) -> str | None:
        """Return what falls short."""

    @property
    def cause(self) -> str | None:
        """Return why."""

    @property
    def solution(self) -> str | None:
        """Return what is done about it."""

    @property
    def time(self) -> str | None:
        """Return when."""

    @property
    def responsible_head(self) -> str | None:
        """Return who answers for it."""


class Place(NamedTuple):
    """An area, criterion or component of an index, by its name and those above it."""

    area: str
    criterion: str | None = None
    component: str | None = None

    @property
    def level(self) -> PlanLevel:
        """Return which of the three it is."""
        if self.component is not None:
            return "component"
        return "area" if self.criterion is None else "criterion"


class LineReview(NamedTuple):
    """A line (by its number from 0) that is not as demanded: what it does not say, and whether the index has no such place."""

    item: int
    missing: tuple[PlanPart, ...]
    is_unknown: bool


class Review(NamedTuple):
    """What a plan leaves out; `absent_levels` are told where no index says which places there are."""

    absent: tuple[Place, ...]
    absent_levels: tuple[PlanLevel, ...]
    lines: tuple[LineReview, ...]

    @property
    def is_complete(self) -> bool:
        """Return whether it leaves nothing out; a line of which the index has no such place is too much, not too little."""
        return not (self.absent or self.absent_levels or any(each.missing for each in self.lines))


def review(requires: PlanRequirement, index: Iterable[Placed], items: Sequence[Line]) -> Review:
    """Return what a plan leaves out of what is demanded; `index` are the parts of the index, none where the task names no index."""
    known = tuple(dict.fromkeys(place for part in index for place in _upwards(place_of(part))))
    demanded = [place for place in known if place.level in requires.by]
    written = [_folded(place_of(item)) for item in items]
    return Review(
        absent=tuple(_topmost([place for place in demanded if not _is_there(_folded(place), written)])),
        absent_levels=() if known else tuple(level for level in LEVELS if level in requires.by and not _reaches(level, written)),
        lines=tuple(_review_lines(requires, {_folded(place) for place in known}, items)),
    )


def place_of(item: Placed) -> Place:
    """Return where something stands; a blank name is none."""
    return Place(item.area, _if_said(item.criterion), _if_said(item.component))


def parts_missing(parts: Collection[PlanPart], item: Line) -> tuple[PlanPart, ...]:
    """Return which of some parts a line does not say; blanks say nothing."""
    return tuple(part for part in PARTS if part in parts and _if_said(getattr(item, part)) is None)


def _review_lines(requires: PlanRequirement, known: Collection[Place], items: Sequence[Line]) -> Iterator[LineReview]:
    for number, item in enumerate(items):
        place = place_of(item)
        missing = parts_missing(requires.parts, item) if place.level in requires.by else ()
        is_unknown = bool(known) and not any(_covers(_folded(place), each) for each in known if each.level == place.level)
        if missing or is_unknown:
            yield LineReview(number, missing, is_unknown)


def _is_there(place: Place, written: Iterable[Place]) -> bool:
    return any(_covers(line, place) for line in written)


def _covers(line: Place, place: Place) -> bool:
    """Return whether a line stands for a place: it names it, or something within it; a step between that it leaves open may be any."""
    if getattr(line, place.level) is None:
        return False
    return all(said is None or said == asked for said, asked in zip(line, place, strict=True) if asked is not None)


def _reaches(level: PlanLevel, written: Iterable[Place]) -> bool:
    return any(getattr(line, level) is not None for line in written)


def _upwards(place: Place) -> Iterator[Place]:
    """Yield a place after those above it."""
    yield Place(place.area)
    if place.criterion is not None:
        yield Place(place.area, place.criterion)
    if place.component is not None:
        yield place


def _topmost(places: Sequence[Place]) -> Iterator[Place]:
    """Yield the places that are not within another one of them."""
    among = set(places)
    for place in places:
        if not any(above in among for above in _upwards(place) if above != place):
            yield place


def _folded(place: Place) -> Place:
    return Place(*(None if name is None else same_words(name) for name in place))  # type: ignore[arg-type]


def _if_said(text: str | None) -> str | None:
    return text if text is not None and text.strip() else None
