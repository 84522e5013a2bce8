"""What the service keeps of other facts (directives.events.v1): issue days of directives, tasks of conferences, codes of units."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from uuid import UUID

import msgspec

from services.deadlines.queries import QUERIES, array_of
from shared.contracts.directives import DirectiveIssued
from shared.contracts.registry import UnitRegistered
from shared.contracts.work import ConferenceScheduled
from shared.envelope import Event
from shared.postgres import Connection


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """A registered fact with what every one has: its directive (or unit), its subject, version, receipt and registration.

    `cause` names the record that it came in.
    """

    event: Event
    cause: str
    key: UUID
    subject: UUID
    version: int
    received_at: datetime
    registered_at: datetime


class Context(msgspec.Struct):
    """What facts refer to: issue days by directive, tasks by conference, and the units that were registered."""

    issued_on: dict[UUID, date | None]
    conferences: dict[UUID, Sequence[UUID]]
    units: dict[UUID, UnitRegistered] = msgspec.field(default_factory=dict)

    def take(self, fact: Fact) -> None:
        """Take what a fact says."""
        match fact.event.data:
            case DirectiveIssued(issued_on=day):
                self.issued_on[fact.key] = day
            case ConferenceScheduled(tasks=tasks):
                self.conferences[fact.subject] = tasks
            case UnitRegistered() as unit:
                self.units[fact.subject] = unit


async def load_context(connection: Connection, directives: Iterable[UUID], conferences: Iterable[UUID]) -> Context:
    """Return what is known of some directives and conferences."""
    days = await connection.fetch(QUERIES["read_issue_days"], list(directives))
    tasks = await connection.fetch(QUERIES["read_conferences"], list(conferences))
    return Context({row[0]: row[1] for row in days}, {row[0]: row[1] for row in tasks})


async def store_context(connection: Connection, facts: Iterable[Fact]) -> None:
    """Write what facts say about directives, conferences and units; the last one counts."""
    context = Context({}, {})
    for fact in facts:
        context.take(fact)
    if context.issued_on:
        await connection.execute(QUERIES["put_directives"], list(context.issued_on), list(context.issued_on.values()))
    if context.conferences:
        tasks = [array_of(each) for each in context.conferences.values()]
        await connection.execute(QUERIES["put_conferences"], list(context.conferences), tasks)
    if context.units:
        rows = [(unit_id, unit.code, unit.name) for unit_id, unit in context.units.items()]
        await connection.execute(QUERIES["put_units"], *zip(*rows, strict=True))
