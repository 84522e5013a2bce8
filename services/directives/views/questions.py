"""What can be asked of the read model, and the cursors that lists go on from."""

import base64
from datetime import date, datetime
from typing import Annotated, ClassVar, Literal, TypeVar
from uuid import UUID

import msgspec
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, field_validator, model_validator

from services.directives.domain.paperwork import ConferenceStanding, Standing
from services.directives.domain.status import CLOSED, Timeliness, Work
from shared.contracts.codes import canonical_code
from shared.web.moments import Day, Moment

LIMIT = 50
MAX_LIMIT = 200

Code = Annotated[str, AfterValidator(canonical_code)]
"""A unit's code of either scheme, in its one form."""


class TaskPlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a list of tasks stands."""

    is_last_group: bool
    due: datetime | None
    id: UUID


class MomentPlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a list that is ordered by an instant stands."""

    at: datetime
    id: UUID


class TimelinePlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a timeline stands."""

    at: datetime
    kind: int
    number: int
    id: str


class CodePlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a list of units stands."""

    code: str
    id: UUID


class WaitingPlace(msgspec.Struct, frozen=True, array_like=True):
    """Where a list of facts that wait stands."""

    at: datetime
    partition: int
    offset: int


Place = TaskPlace | MomentPlace | TimelinePlace | CodePlace | WaitingPlace
T = TypeVar("T")


def is_last(work: Work) -> bool:
    """Return whether a task comes after the others where open ones come first."""
    return work in CLOSED


def cursor_of(place: Place) -> str:
    """Return the cursor of a place, opaque to clients."""
    return base64.urlsafe_b64encode(msgspec.msgpack.encode(place)).decode().rstrip("=")


def place_of(cursor: str | None, kind: type[T]) -> T | None:
    """Return the place that a cursor names, or raise ValueError."""
    return None if cursor is None else _decode(cursor, kind)


def _decode(cursor: str, kind: type[T]) -> T:
    try:
        return msgspec.msgpack.decode(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)), type=kind)
    except ValueError as error:
        message = "this list never gave that cursor"
        raise ValueError(message) from error


class Question(BaseModel):
    """The parameters of a list; unknown ones are refused, so that a misspelt filter does not answer with everything."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    place: ClassVar[type[Place]]
    limit: Annotated[int, Field(ge=1, le=MAX_LIMIT)] = LIMIT
    cursor: Annotated[str, Field(max_length=400)] | None = None

    @field_validator("cursor")
    @classmethod
    def _is_ours(cls, cursor: str | None) -> str | None:
        if cursor is not None:
            _decode(cursor, cls.place)
        return cursor


class WaitingQuestion(Question):
    """Which facts that wait are asked for: those of one key (a directive's id), those of one publisher."""

    place = WaitingPlace
    key: UUID | None = None
    publisher: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{1,39}$")] | None = None


class TimelineQuestion(Question):
    """Which part of a timeline is asked for."""

    place = TimelinePlace


class TaskQuestion(Question):
    """Which tasks are asked for; `unit` is the code of the lead unit, `as_of` the instant that counts."""

    place = TaskPlace
    unit: Code | None = None
    work: Annotated[frozenset[Work], Field(description="Any of these")] = frozenset()
    time: Annotated[frozenset[Timeliness], Field(description="Any of these")] = frozenset()
    directive: UUID | None = None
    due_after: Moment | None = None
    due_before: Moment | None = None
    q: Annotated[str, Field(max_length=200)] | None = None
    sort: Literal["due", "urgency"] = "due"
    as_of: Moment | None = None


class DirectiveQuestion(Question):
    """Which directives are asked for; `issuer` is a unit's code, both days are included."""

    place = MomentPlace
    issuer: Code | None = None
    q: Annotated[str, Field(max_length=200)] | None = None
    issued_from: Day | None = None
    issued_to: Day | None = None
    standing: Annotated[frozenset[Standing], Field(description="Any of these")] = frozenset()


class ConferenceQuestion(Question):
    """Which conferences are asked for; they begin at `from` or later and before `to`, concern the unit with a code, are at a place."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    place = MomentPlace
    from_: Annotated[Moment | None, Field(alias="from")] = None
    to: Moment | None = None
    unit: Code | None = None
    standing: Annotated[frozenset[ConferenceStanding], Field(description="Any of these")] = frozenset()
    venue: Annotated[str | None, Field(alias="place", max_length=500, description="The whole name of a place")] = None


class IndexQuestion(Question):
    """Which indexes are asked for; `unit` is the code of the unit that published one or is scored in it."""

    place = MomentPlace
    year: Annotated[int, Field(ge=1945, le=2200)] | None = None
    unit: Code | None = None


class UnitQuestion(Question):
    """Which units are asked for; `q` is searched in codes and all names ever, `parent` is the code of the unit above."""

    place = CodePlace
    q: Annotated[str, Field(max_length=200)] | None = None
    parent: Code | None = None


def _of_our_time(day: date) -> date:
    if not date(1945, 1, 1) <= day <= date(2200, 12, 31):
        raise ValueError("should be a day from 1945 to 2200")
    return day


OurDay = Annotated[Day, AfterValidator(_of_our_time)]
"""A day on which there can have been, or will be, something to do."""


class ScorecardQuestion(BaseModel):
    """Which days a scorecard is of, both included: from the first day of the year and until today where none is named."""

    model_config = ConfigDict(extra="forbid", frozen=True, populate_by_name=True)
    from_: Annotated[OurDay | None, Field(alias="from", description="The first day")] = None
    to: Annotated[OurDay | None, Field(description="The last day")] = None

    @model_validator(mode="after")
    def _is_in_order(self) -> "ScorecardQuestion":
        if self.from_ is not None and self.to is not None and self.from_ > self.to:
            raise ValueError("the first day should not come after the last one")
        return self
