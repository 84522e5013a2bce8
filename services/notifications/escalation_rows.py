"""Cases of escalation in and out of the database."""

from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from services.notifications.domain.escalation import Case
from shared.contracts.types import DirectiveId
from shared.postgres import Connection
from shared.sql import Queries

QUERIES = Queries("services.notifications", "sql/escalation.sql")

_cases = msgspec.msgpack.Decoder(Case)
_encoder = msgspec.msgpack.Encoder()

Cases = dict[UUID, Case]
"""Cases by deadline."""


async def read_cases(connection: Connection, deadlines: Collection[UUID]) -> Cases:
    """Return what is known of some deadlines, those that were ever missed."""
    rows = await connection.fetch(QUERIES["read_cases"], list(deadlines)) if deadlines else []
    return {row["deadline"]: _cases.decode(row["state"]) for row in rows}


async def read_due_cases(connection: Connection, partition: int, now: datetime, limit: int) -> dict[UUID, tuple[DirectiveId, Case]]:
    """Return directive and case of the deadlines of which a level is due, the oldest first."""
    rows = await connection.fetch(QUERIES["read_due_cases"], partition, now, limit)
    return {row["deadline"]: (row["directive"], _cases.decode(row["state"])) for row in rows}


async def store_cases(
    connection: Connection, partition: int, cases: Mapping[UUID, tuple[DirectiveId, Case, datetime | None]]
) -> None:  # fmt: skip
    """Keep the directive and the case of deadlines, and when the next level of each is told."""
    if cases:
        directives, states, fire_at = zip(*cases.values(), strict=True)
        encoded = [_encoder.encode(state) for state in states]
        await connection.execute(QUERIES["store_cases"], partition, list(cases), directives, encoded, fire_at)


async def wake_escalations(connection: Connection) -> None:
    """Tell the timers, once the transaction commits, that one may fire earlier than they know."""
    await connection.execute(QUERIES["wake_escalations"])
