"""What the rules know and the notices that were issued, in and out of the database; each statement serves a whole batch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.notifications.domain import Happening, Knowledge, Notice
from services.notifications.queries import QUERIES
from shared.contracts.deadlines import DeadlineMet
from shared.contracts.registry import UnitRegistered
from shared.contracts.types import DirectiveId, TaskId, UnitId
from shared.contracts.work import ConferenceScheduled
from shared.postgres import Connection, Pool


@dataclass(frozen=True, slots=True)
class Stored:
    """An event that is kept to be judged again: the place of its record and its bytes."""

    partition: int
    offset: int
    value: bytes


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """When and by whom a notice was acknowledged, and the position of the event that says so."""

    partition: int
    position: int
    acknowledged_by: str
    acknowledged_at: datetime


async def store_units(connection: Connection, units: Mapping[UnitId, UnitRegistered]) -> None:
    """Keep the names and codes of registered units."""
    if units:
        columns = [unit.code for unit in units.values()], [unit.name for unit in units.values()]
        short = [unit.short_name for unit in units.values()]
        await connection.execute(QUERIES["store_units"], list(units), *columns, short)


async def store_directives(connection: Connection, issuers: Mapping[DirectiveId, UnitId]) -> None:
    """Keep who issued which directive."""
    if issuers:
        await connection.execute(QUERIES["store_directives"], list(issuers), list(issuers.values()))


async def store_tasks(connection: Connection, leads: Mapping[TaskId, tuple[DirectiveId, UnitId]]) -> None:
    """Keep who leads which task."""
    if leads:
        directives, units = [place[0] for place in leads.values()], [place[1] for place in leads.values()]
        await connection.execute(QUERIES["store_tasks"], list(leads), directives, units)


async def store_conferences(connection: Connection, events: Sequence[tuple[DirectiveId, Stored]]) -> None:
    """Keep conferences for tasks that become known later."""
    await _store(connection, "store_conferences", events)


async def store_outcomes(connection: Connection, events: Sequence[tuple[DirectiveId, Stored]]) -> None:
    """Keep deadlines missed or met for an issuer that becomes known later."""
    await _store(connection, "store_outcomes", events)


async def _store(connection: Connection, query: str, events: Sequence[tuple[DirectiveId, Stored]]) -> None:
    if events:
        await connection.execute(
            QUERIES[query], events[0][1].partition, [each.offset for _, each in events], [directive for directive, _ in events],
            [each.value for _, each in events],
        )  # fmt: skip


async def read_conferences(connection: Connection, directives: Collection[DirectiveId]) -> list[Stored]:
    """Return the conferences of some directives, in order."""
    return await _read(connection, "read_conferences", directives)


async def read_outcomes(connection: Connection, directives: Collection[DirectiveId]) -> list[Stored]:
    """Return the deadlines missed or met of some directives, in order."""
    return await _read(connection, "read_outcomes", directives)


async def _read(connection: Connection, query: str, directives: Collection[DirectiveId]) -> list[Stored]:
    rows = await connection.fetch(QUERIES[query], list(directives)) if directives else []
    return [Stored(row["partition"], row["kafka_offset"], row["value"]) for row in rows]


async def read_knowledge(connection: Connection, happenings: Collection[Happening]) -> Knowledge:
    """Return what the rules may look up for some happenings."""
    directives = {happening.directive for happening in happenings}
    tasks = {task for happening in happenings if isinstance(happening.data, ConferenceScheduled) for task in happening.data.tasks}
    corrected = {happening.data.corrects for happening in happenings if isinstance(happening.data, DeadlineMet) and happening.data.corrects}
    issuers = await connection.fetch(QUERIES["read_issuers"], list(directives)) if directives else []
    leads = await connection.fetch(QUERIES["read_leads"], list(tasks)) if tasks else []
    told: dict[str, dict[UnitId, UUID]] = {}
    for row in await connection.fetch(QUERIES["read_told"], list(corrected)) if corrected else []:
        told.setdefault(row["about"], {})[row["recipient"]] = row["notice"]
    return Knowledge(
        {row["directive"]: row["issuer"] for row in issuers}, {(row["directive"], row["task"]): row["lead"] for row in leads}, told
    )


async def read_issued(connection: Connection, notices: Collection[UUID]) -> set[UUID]:
    """Return which of some notices were issued already."""
    rows = await connection.fetch(QUERIES["read_issued"], list(notices)) if notices else []
    return {row["notice"] for row in rows}


async def add_notices(connection: Connection, partition: int, first: int, notices: Sequence[Notice]) -> None:
    """Add notices whose events have the positions from `first` on."""
    data = [notice.data for notice in notices]
    await connection.execute(
        QUERIES["add_notices"], partition, first, [each.notice for each in data], [each.recipient for each in data],
        [each.rule for each in data], [each.channel for each in data], [each.directive for each in data], [each.task for each in data],
        [each.about for each in data], [each.title for each in data], [each.body for each in data], [each.corrects for each in data],
        [notice.at for notice in notices],
    )  # fmt: skip


async def read_acknowledgement(connection: Connection | Pool, notice: UUID) -> Acknowledgement | None:
    """Return the acknowledgement of a notice, whether its event is in Kafka yet or not."""
    row = await connection.fetchrow(QUERIES["read_acknowledgement"], notice)
    return None if row is None else Acknowledgement(*row.values())


async def add_acknowledgement(connection: Connection, notice: UUID, acknowledgement: Acknowledgement) -> None:
    """Add the acknowledgement of a notice."""
    said = acknowledgement
    await connection.execute(
        QUERIES["add_acknowledgement"], notice, said.partition, said.position, said.acknowledged_by, said.acknowledged_at
    )
