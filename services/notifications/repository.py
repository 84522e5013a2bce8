"""What the rules know and the notices that were issued, in and out of the database; each statement serves a whole batch."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.domain import Notice, Told
from services.notifications.domain.deliveries import Kind, delivery_id, lane_of
from services.notifications.domain.happenings import Identity, Place
from services.notifications.domain.notices import id_of
from services.notifications.domain.roll import Roll
from services.notifications.queries import QUERIES
from shared.contracts.codes import canonical_code
from shared.contracts.registry import UnitRegistered, UnitRenamed
from shared.contracts.types import DirectiveId, UnitId
from shared.postgres import Connection, Pool

_rolls = msgspec.msgpack.Decoder(Roll)
_encoder = msgspec.msgpack.Encoder()


@dataclass(frozen=True, slots=True)
class Stored:
    """An event that is kept to be judged again: the place of its record and its bytes."""

    partition: int
    offset: int
    value: bytes


@dataclass(frozen=True, slots=True)
class Reachable:
    """A contact through which a unit can be reached now."""

    contact: UUID
    kind: Kind
    address: str


@dataclass(frozen=True, slots=True)
class Acknowledgement:
    """When and by whom a notice was acknowledged, and the position of the event that says so."""

    partition: int
    position: int
    acknowledged_by: str
    acknowledged_at: datetime


async def store_units(connection: Connection, units: Mapping[UnitId, UnitRegistered], names: Mapping[UnitId, UnitRenamed]) -> None:
    """Keep the codes and names of registered units, and the newest names of those that were renamed after that."""
    if units:
        columns = [canonical_code(unit.code) for unit in units.values()], [unit.name for unit in units.values()]
        short = [unit.short_name for unit in units.values()]
        await connection.execute(QUERIES["store_units"], list(units), *columns, short)
    if names:
        told = [name.name for name in names.values()], [name.short_name for name in names.values()]
        await connection.execute(QUERIES["rename_units"], list(names), *told)


async def read_rolls(connection: Connection, directives: Collection[DirectiveId]) -> dict[DirectiveId, Roll]:
    """Return who is concerned with some directives, those of which anything is known."""
    rows = await connection.fetch(QUERIES["read_rolls"], list(directives)) if directives else []
    return {row["directive"]: _rolls.decode(row["state"]) for row in rows}


async def store_rolls(connection: Connection, rolls: Mapping[DirectiveId, Roll]) -> None:
    """Keep who is concerned with directives."""
    if rolls:
        await connection.execute(QUERIES["store_rolls"], list(rolls), [_encoder.encode(roll) for roll in rolls.values()])


async def read_facts(connection: Connection, directives: Collection[DirectiveId]) -> list[tuple[DirectiveId, int, bytes]]:
    """Return the facts of some directives in order: key, version and bytes."""
    rows = await connection.fetch(QUERIES["read_facts"], list(directives)) if directives else []
    return [(row["directive"], row["version"], row["value"]) for row in rows]


async def store_facts(connection: Connection, facts: Sequence[tuple[DirectiveId, int, bytes]]) -> None:
    """Keep facts of directives."""
    if facts:
        await connection.execute(QUERIES["store_facts"], *zip(*facts, strict=True))


async def store_conferences(connection: Connection, events: Sequence[tuple[DirectiveId, Stored]]) -> None:
    """Keep conferences for tasks that become known later."""
    await _store(connection, "store_conferences", events)


async def store_outcomes(connection: Connection, events: Sequence[tuple[DirectiveId, Stored]]) -> None:
    """Keep events of deadlines for an issuer that becomes known later."""
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
    """Return the events of deadlines of some directives that issuers are told of, in order."""
    return await _read(connection, "read_outcomes", directives)


async def _read(connection: Connection, query: str, directives: Collection[DirectiveId]) -> list[Stored]:
    rows = await connection.fetch(QUERIES[query], list(directives)) if directives else []
    return [Stored(row["partition"], row["kafka_offset"], row["value"]) for row in rows]


async def read_told(connection: Connection, places: Collection[Place]) -> dict[Place, dict[UnitId, Told]]:
    """Return who was told of some events. A notice keeps its event's id without the source, which its own id tells."""
    told: dict[Place, dict[UnitId, Told]] = {}
    by_name: dict[tuple[DirectiveId, str], list[Identity]] = {}
    for directive, event in places:
        by_name.setdefault((directive, event[1]), []).append(event)
    names = [[name for _, name in by_name], [directive for directive, _ in by_name]]
    for row in await connection.fetch(QUERIES["read_told"], *names) if by_name else []:
        directive, recipient = row["directive"], row["recipient"]
        for event in by_name.get((directive, row["about"]), ()):
            if id_of(event, row["rule"], recipient, row["channel"]) == row["notice"]:
                told.setdefault((directive, event), {})[recipient] = Told(row["notice"], row["title"], row["rule"])
    return told


async def read_issued(connection: Connection, notices: Collection[UUID]) -> set[UUID]:
    """Return which of some notices were issued already."""
    rows = await connection.fetch(QUERIES["read_issued"], list(notices)) if notices else []
    return {row["notice"] for row in rows}


async def add_notices(connection: Connection, partition: int, positions: Sequence[int], notices: Sequence[Notice]) -> None:
    """Add notices, each with the position of its event."""
    data = [notice.data for notice in notices]
    await connection.execute(
        QUERIES["add_notices"], partition, positions, [each.notice for each in data], [each.recipient for each in data],
        [each.rule for each in data], [each.channel for each in data], [each.directive for each in data], [each.task for each in data],
        [each.about for each in data], [each.title for each in data], [each.body for each in data], [each.corrects for each in data],
        [notice.at for notice in notices], [each.escalates for each in data],
        [msgspec.json.encode(each.invitation).decode() if each.invitation else None for each in data],
    )  # fmt: skip


async def read_reachable(connection: Connection, units: Collection[UnitId], kinds: Collection[Kind]) -> dict[UnitId, list[Reachable]]:
    """Return the contacts of some kinds through which units can be reached now."""
    found: dict[UnitId, list[Reachable]] = {}
    for row in await connection.fetch(QUERIES["read_reachable"], list(units), list(kinds)) if units and kinds else []:
        found.setdefault(row["unit"], []).append(Reachable(row["id"], row["kind"], row["value"]))
    return found


async def add_deliveries(connection: Connection, partition: int, deliveries: Sequence[tuple[UUID, int, Reachable]]) -> None:
    """Add what is to be sent: notices with the positions of their events, each to a contact."""
    if deliveries:
        contacts = [contact for _, _, contact in deliveries]
        await connection.execute(
            QUERIES["add_deliveries"], partition, [delivery_id(notice, contact.contact) for notice, _, contact in deliveries],
            [notice for notice, _, _ in deliveries], [position for _, position, _ in deliveries],
            [contact.contact for contact in contacts], [contact.kind for contact in contacts],
            [lane_of(contact.kind, contact.address) for contact in contacts],
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
