"""What comes of attempts: a delivery waits for its next one or is over, and once a notice is settled its one event is journalled."""

import asyncio
import logging
import random
from collections import defaultdict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any
from uuid import UUID

from services.notifications.delivering.channel import Outcome, OutcomeKind
from services.notifications.delivering.claims import Claim
from services.notifications.domain.deliveries import Ending, Kind, Standing, State, ending_id, ending_of
from services.notifications.domain.retries import wait_before
from services.notifications.issuing import NOTIFICATIONS, SOURCE
from services.notifications.queries import DELIVERIES
from services.notifications.texts import LINE_LIMIT, shorten
from shared.clock import office_now
from shared.contracts.notifications import NoticeDelivered, NoticeFailed
from shared.envelope import encode, event_of
from shared.environment import ClockKind
from shared.journal.unit_of_work import Ledger, Outgoing, UnitOfWork
from shared.postgres import Connection, is_transient

logger = logging.getLogger(__name__)

RETRY_SECONDS = 0.5
GATHER_SECONDS: Mapping[Kind, float] = {"mail": 0, "webhook": 0.25}
"""How long a result waits for others of its partition, since many cost a turn as one does; webhooks carry an id, should one come again."""
FINAL: Mapping[OutcomeKind, State] = {"delivered": "delivered", "refused": "failed", "withdrawn": "withdrawn"}
"""What a delivery comes to after an outcome that no further attempt follows."""
NOWHERE = "there is no such contact any more, or it is disabled"
BROKE_OFF = "the process that tried it ended"

draws = random.SystemRandom()


@dataclass(frozen=True, slots=True)
class Result:
    """What came of a claim: the outcome of its attempt, or none where nothing was tried."""

    claim: Claim
    outcome: Outcome | None


@dataclass(frozen=True, slots=True)
class _Settled:
    """A notice that is settled, as its event tells it."""

    notice: UUID
    recipient: UUID
    directive: UUID
    channel: Any
    ending: Ending


class Endings:
    """Writes down what comes of attempts; it keeps at it while the database is away, since what is not written is sent again."""

    def __init__(self, ledger: Ledger, clock: ClockKind, *, scale: float, draw: Callable[[], float] = draws.random) -> None:
        self._ledger = ledger
        self._clock = clock
        self._scale = scale
        self._draw = draw
        self._open: dict[int, list[Result]] = defaultdict(list)
        self._locks: dict[int, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def write(self, result: Result) -> None:
        """Write down what came of a claim and return once it is committed; results of a partition that come together share a turn."""
        wait = self._wait(result)
        if wait is not None:
            await _keep_at(lambda: self._put_off(result, wait))
            return
        partition = result.claim.partition
        self._open[partition].append(result)
        async with self._locks[partition]:
            if self._open[partition]:
                await asyncio.sleep(GATHER_SECONDS[result.claim.lane.kind])
            results = self._open.pop(partition, [])
            if results:
                await _keep_at(lambda: self._finish(partition, results))

    def _wait(self, result: Result) -> float | None:
        """Return in how many seconds to try again, None where it is over."""
        outcome = result.outcome
        if outcome is None or outcome.kind in FINAL:
            return None
        wait = wait_before(result.claim.attempts + 1, self._draw(), asked=outcome.retry_after, scale=self._scale)
        return None if wait is None else wait.total_seconds()

    async def _put_off(self, result: Result, seconds: float) -> None:
        async with self._ledger.pool.acquire(timeout=5) as connection, connection.transaction():
            # The delivery first, as in a claim: a rebuild locks both tables in this order when it takes them over.
            await connection.execute(DELIVERIES["put_off"], result.claim.delivery, result.claim.attempts, seconds)
            await _end_attempts(connection, [result])

    async def _finish(self, partition: int, results: Sequence[Result]) -> None:
        async with self._ledger.turn(partition) as work:
            await _end_attempts(work.connection, [each for each in results if each.outcome])
            claims = [each.claim for each in results]
            states = [_state(each) for each in results]
            await work.connection.execute(
                DELIVERIES["finish_deliveries"], [each.delivery for each in claims], [each.attempts for each in claims], states
            )
            rows = await work.connection.fetch(DELIVERIES["read_standings"], list({each.notice for each in claims}))
            await _tell(work, _settled(rows), await office_now(self._clock, work.connection))


async def _keep_at(write: Callable[[], Awaitable[None]]) -> None:
    while True:
        try:
            return await write()
        except Exception as error:
            if not is_transient(error):
                raise
            logger.warning("what came of deliveries waits: %s; again in %s s", error or type(error).__name__, RETRY_SECONDS)
            await asyncio.sleep(RETRY_SECONDS)


async def _end_attempts(connection: Connection, results: Sequence[Result]) -> None:
    ended = [(each.claim, each.outcome) for each in results if each.outcome]
    await connection.execute(
        DELIVERIES["end_attempts"], [claim.delivery for claim, _ in ended], [claim.attempts for claim, _ in ended],
        [outcome.kind for _, outcome in ended], [_plain(outcome.code) for _, outcome in ended],
        [_plain(outcome.detail) for _, outcome in ended],
    )  # fmt: skip


def _plain(text: str) -> str:
    """Return what a server said as one line that the database can hold and people can read."""
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return shorten(line.encode("utf-8", "replace").decode(), LINE_LIMIT)


def _state(result: Result) -> State:
    if result.outcome is None:
        return "failed" if result.claim.has_contact else "withdrawn"
    return FINAL.get(result.outcome.kind, "failed")


def _settled(rows: Sequence[Any]) -> list[_Settled]:
    """Return the notices that are settled, from the standings of their deliveries."""
    settled = []
    for notice, each in groupby(rows, lambda row: row["notice"]):
        group = list(each)
        ending = ending_of(_standing(row) for row in group)
        if ending is not None:
            settled.append(_Settled(notice, group[0]["recipient"], group[0]["directive"], group[0]["channel"], ending))
    return settled


def _standing(row: Any) -> Standing:  # noqa: ANN401  asyncpg's Record has no type of its columns
    """Return how a delivery stands; of one that was delivered the attempt counts that was taken."""
    return Standing(row["state"], row["number"] if row["state"] == "delivered" else row["attempts"], _words(row))


def _words(row: Any) -> str:  # noqa: ANN401
    """Return the code of what was said last: servers repeat addresses in their words, and no address may get into the log."""
    return NOWHERE if row["state"] == "withdrawn" else row["code"] or BROKE_OFF


async def _tell(work: UnitOfWork, settled: Sequence[_Settled], at: datetime) -> None:
    if not settled:
        return
    first = await work.publish(NOTIFICATIONS, [_outgoing(each, at) for each in settled])
    endings = [each.ending for each in settled]
    await work.connection.execute(
        DELIVERIES["add_endings"], work.partition, [each.notice for each in settled], [first + number for number in range(len(settled))],
        [each.outcome for each in endings], [each.attempts for each in endings], [each.detail for each in endings], at,
    )  # fmt: skip


def _outgoing(settled: _Settled, at: datetime) -> Outgoing:
    name, key = str(ending_id(settled.notice)), str(settled.directive)
    event = event_of(_event(settled), id=name, source=SOURCE, subject=str(settled.notice), key=key, time=at)
    return Outgoing(key.encode(), encode(event), f"delivery/{settled.notice}")


def _event(settled: _Settled) -> NoticeDelivered | NoticeFailed:
    ending = settled.ending
    told = {
        "notice": settled.notice, "recipient": settled.recipient, "directive": settled.directive, "channel": settled.channel,
        "attempts": ending.attempts,
    }  # fmt: skip
    if ending.outcome == "delivered":
        return NoticeDelivered(**told, answer=ending.detail or None)
    return NoticeFailed(**told, outcome=ending.outcome, reason=ending.detail or ending.outcome)
