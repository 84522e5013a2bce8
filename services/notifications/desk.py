"""What the endpoints and pages of inboxes work with, and the stream that both offer."""

from collections.abc import Callable
from dataclasses import dataclass

from fastapi import Response

from services.notifications.cursors import InvalidCursorError, Seen
from services.notifications.inbox import Bell, EventStream, stream
from services.notifications.views import find_unit, read_sent
from shared.clock import Clock
from shared.identity.principals import Sight
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool
from shared.web.problems import problem


@dataclass(frozen=True)
class Desk:
    """What the endpoints work with, opened when the app starts.

    An acknowledgement waits so many seconds for Kafka, a stream for a slow client.
    """

    acknowledge_seconds: float
    patience_seconds: float
    pool: Pool
    ledger: Ledger
    bell: Bell
    clock: Clock


GetDesk = Callable[[], Desk]
"""Return the desk once the app has started."""


async def open_stream(desk: Desk, sight: Sight, code: str, cursor: str, event: str = "notice") -> Response:
    """Answer with the stream of a unit's inbox beyond a cursor, its events named as asked."""
    try:
        seen = Seen.parse(cursor)
    except InvalidCursorError as error:
        return problem(422, "invalid-cursor", str(error))
    unit = await find_unit(desk.pool, code, sight)
    sent = await read_sent(desk.pool)
    if any(position > sent.get(partition, 0) for partition, position in seen.positions.items()):
        return problem(422, "invalid-cursor", f"{cursor!r} names a position that was never sent; read the inbox again")
    return EventStream(stream(desk.pool, desk.bell, unit.unit, seen, event), desk.patience_seconds)
