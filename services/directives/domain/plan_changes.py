"""What changed between two versions of a plan that was handed in again: lines that are new, gone, or say something else."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from services.directives.domain.clashes import same_words
from services.directives.domain.plan_review import PARTS, Place, place_of
from shared.contracts.directives import PlanPart
from shared.contracts.work import PlanItem


class PartChange(NamedTuple):
    """What a line says otherwise than before; None where it says nothing, or said nothing."""

    part: PlanPart
    before: str | None
    after: str | None


class LineChange(NamedTuple):
    """A line that is in one version only (`is_new`, or else gone), or in both with `parts` that differ."""

    place: Place
    is_new: bool
    parts: tuple[PartChange, ...] = ()

    @property
    def is_gone(self) -> bool:
        """Return whether the later version does not have the line."""
        return not self.is_new and not self.parts


def changes_of(before: Sequence[PlanItem], after: Sequence[PlanItem]) -> tuple[LineChange, ...]:
    """Return what changed, in the order of the later version, then what is gone; lines are told apart by their places, in order."""
    old, new = _by_place(before), _by_place(after)
    said = [change for place, items in new.items() for change in _compared(old.get(place, ()), items)]
    gone = [LineChange(place_of(item), is_new=False) for place, items in old.items() for item in items[len(new.get(place, ())) :]]
    return (*said, *gone)


def _by_place(items: Iterable[PlanItem]) -> Mapping[tuple[str, ...], list[PlanItem]]:
    found: dict[tuple[str, ...], list[PlanItem]] = {}
    for item in items:
        found.setdefault(tuple(same_words(name or "") for name in place_of(item)), []).append(item)
    return found


def _compared(before: Sequence[PlanItem], after: Sequence[PlanItem]) -> Iterable[LineChange]:
    """Compare the lines of one place, the first with the first; yield those that are new or differ."""
    for number, item in enumerate(after):
        if number >= len(before):
            yield LineChange(place_of(item), is_new=True)
        elif parts := tuple(_parts(before[number], item)):
            yield LineChange(place_of(item), is_new=False, parts=parts)


def _parts(before: PlanItem, after: PlanItem) -> Iterable[PartChange]:
    for part in PARTS:
        old, new = getattr(before, part), getattr(after, part)
        if old != new:
            yield PartChange(part, old, new)
