"""Facts of the family index: the yearly scores that directives cite (chỉ số cải cách hành chính, PAR index)."""

from typing import Annotated, ClassVar

from msgspec import Meta

from shared.contracts.directives import Basis
from shared.contracts.types import Contract, Key, Line, Ordinal, Part, Score, UnitId, Year


class PartScore(Part, frozen=True, kw_only=True):
    """The points of one area, criterion or component: as the unit scored itself, and as appraised."""

    area: Line
    criterion: Line | None = None
    component: Line | None = None
    maximum: Score | None = None
    self_score: Score | None = None
    appraised_score: Score | None = None


class UnitScore(Part, frozen=True, kw_only=True):
    """What a unit came to in an index."""

    unit: UnitId
    rank: Ordinal | None = None
    self_score: Score | None = None
    appraised_score: Score | None = None
    parts: Annotated[tuple[PartScore, ...], Meta(max_length=500)] = ()


class IndexPublished(Contract, frozen=True, kw_only=True):
    """A year's index of units was published; its id is UUIDv5 of (publishing unit, key).

    `criteria_set` names the version of the set of criteria, which differs by province and year.
    """

    NAME: ClassVar[str] = "index-published"
    key: Key
    published_by: UnitId
    title: Line
    year: Year
    criteria_set: Line
    scores: Annotated[tuple[UnitScore, ...], Meta(min_length=1, max_length=500)]
    document: Basis | None = None
