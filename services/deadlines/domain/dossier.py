"""The dossier of a directive: what its registered facts have come to, as far as deadlines are concerned; one step for each fact.

A dossier holds no instant that was computed: when a deadline falls follows from the dossier and the calendar (see aims). So a fact that is
voided leaves no trace once the other ones are folded anew.

- A period from the day of receipt counts from when the unit that leads the task received it (or accepted it, which proves as much). A
  coordinating unit's receipt counts only once it leads; after a change of the lead what was counted stays, as deadlines do.
- What was handed in is kept in order of registration. Of what a plan or a conference brings only the first counts until it is taken back;
  each report and each completion counts, since a duty that comes back is met once a period.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Literal
from uuid import UUID, uuid5

import msgspec

from shared.contracts.directives import DeadlineClause, MetBy
from shared.contracts.types import PlanStage

End = Literal["directive-recalled", "directive-replaced"]

REVISION = 1
"""Counts the ways in which facts were folded; a dossier that is stored with another one is folded anew from its facts."""


class Pause(msgspec.Struct, frozen=True, array_like=True, tag="pause"):
    """The task was suspended from one receipt to another."""

    start: datetime
    end: datetime


class Rest(msgspec.Struct, frozen=True, array_like=True, tag="rest"):
    """The task was over (confirmed, cancelled) or put off until it was opened again: a series makes no occurrence for that time."""

    start: datetime
    end: datetime


class NamedDay(msgspec.Struct, frozen=True, array_like=True, tag="day"):
    """The issuer named the last good day: by an extension, or as a fixed day of a task that goes on or to another lead.

    `at` is the receipt of what asked for it: of a series it moves the occurrence that was ahead then.
    """

    last_good_day: date
    ground: Literal["extension-granted", "task-resumed", "task-reassigned"]
    at: datetime | None = None


Move = Pause | Rest | NamedDay


class Words(msgspec.Struct, frozen=True, array_like=True):
    """A wording of a deadline, since when it counted, what moved it, and when another one took its place (None: it counts)."""

    phrase: str
    since: datetime
    moves: tuple[Move, ...]
    until: datetime | None


class Clause(msgspec.Struct, frozen=True, array_like=True):
    """One deadline of a task: its wording since when, what moved it after that, in order, and the wordings before."""

    deadline: UUID
    name: str
    met_by: MetBy
    plan_stage: PlanStage | None
    phrase: str
    since: datetime
    moves: tuple[Move, ...] = ()
    earlier: tuple[Words, ...] = ()

    @property
    def wordings(self) -> tuple[Words, ...]:
        """Return all wordings, the last one being that which counts."""
        return (*self.earlier, Words(self.phrase, self.since, self.moves, None))


class Delivery(msgspec.Struct, frozen=True, array_like=True):
    """A fact that may meet deadlines; `of` is the plan or conference that may take it back."""

    kind: MetBy
    stage: PlanStage | None
    of: UUID | None
    fact: str
    received_at: datetime
    registered_at: datetime


class Past(msgspec.Struct, frozen=True, array_like=True):
    """What was handed in before the task was opened again: it meets only occurrences of a series that had passed by then."""

    delivery: Delivery
    until: datetime


class Led(msgspec.Struct, frozen=True, array_like=True):
    """Who led a task, and took part in it, until a registration."""

    lead: UUID
    coordinating: tuple[UUID, ...]
    until: datetime


class Receipt(msgspec.Struct, frozen=True, array_like=True):
    """A unit received the task."""

    unit: UUID
    received_at: datetime
    registered_at: datetime


class Task(msgspec.Struct, frozen=True, array_like=True):
    """What the facts of a task have come to; `retired` are deadlines in whose place others were set, `ended_at` when it was over."""

    number: str
    content: str
    lead: UUID
    coordinating: tuple[UUID, ...]
    clauses: tuple[Clause, ...]
    retired: tuple[UUID, ...] = ()
    receipts: tuple[Receipt, ...] = ()
    received: Receipt | None = None
    deliveries: tuple[Delivery, ...] = ()
    suspended_at: datetime | None = None
    declined: bool = False
    confirmed_at: datetime | None = None
    is_cancelled: bool = False
    ended_at: datetime | None = None
    past: tuple[Past, ...] = ()
    led: tuple[Led, ...] = ()


class Conference(msgspec.Struct, frozen=True, array_like=True):
    """A conference on the calendar: the tasks that it serves, when it begins, and when it was last set for then."""

    tasks: tuple[UUID, ...]
    starts_at: datetime
    set_at: datetime
    is_cancelled: bool = False


class Request(msgspec.Struct, frozen=True, array_like=True):
    """A request for more time: the deadline that it is about, by task and name."""

    task: UUID
    name: str
    received_at: datetime | None = None


class Dossier(msgspec.Struct, frozen=True, array_like=True):
    """What the facts of a directive have come to; `revision` tells by which way of folding."""

    issued_on: date | None = None
    dated_at: datetime | None = None
    ended: End | None = None
    tasks: Mapping[UUID, Task] = {}
    plans: Mapping[UUID, UUID] = {}
    conferences: Mapping[UUID, Conference] = {}
    requests: Mapping[UUID, Request] = {}
    revision: int = 0


EMPTY = Dossier(revision=REVISION)
"""The dossier of a directive of which nothing is known yet."""


def clauses_of(task: UUID, said: Sequence[DeadlineClause], since: datetime, again: int | None = None) -> tuple[Clause, ...]:
    """Return a task's deadlines; an id is UUIDv5 of (task, name), and where a name is used again of (that id, its number).

    `again` is the version of the fact that opened the task again: its deadlines are others than those before, so their ids hold it.
    """
    names: list[str] = []
    clauses = []
    for each in said:
        names.append(each.name)
        count = names.count(each.name)
        deadline = uuid5(task, each.name)
        if again is not None:
            deadline = uuid5(deadline, f"again {again}")
        if count > 1:
            deadline = uuid5(deadline, str(count))
        clauses.append(Clause(deadline, each.name, each.met_by, each.plan_stage, each.phrase, since))
    return tuple(clauses)


def delivered(deliveries: tuple[Delivery, ...], new: Delivery) -> tuple[Delivery, ...]:
    """Return what was handed in with one more, unless the same plan or conference had brought it already, received no later."""
    sort = (new.kind, new.stage, new.of)
    if new.of is not None and any(each.received_at <= new.received_at for each in deliveries if (each.kind, each.stage, each.of) == sort):
        return deliveries
    return (*deliveries, new)
