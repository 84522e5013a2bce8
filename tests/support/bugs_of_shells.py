"""Bugs of the shell: of the door, the follower, the ledger, the journal, the relay and the courier, each alone."""

# ruff: noqa: SLF001  bugs are planted where they would be made

from collections.abc import Sequence
from typing import Any
from uuid import uuid5

from deploy.chaos.evidence import INBOX
from deploy.simulation.courier import Courier
from deploy.simulation.database import CrashError, Database
from deploy.simulation.facts import Planned
from deploy.simulation.office import Door, Parts
from deploy.simulation.relay import Relay, Trouble
from deploy.simulation.tables import deliveries, notifications, registrar, streaming
from deploy.simulation.worker import Worker
from services.directives import registering
from services.directives.repository import QUERIES as REGISTRAR
from services.directives.rulings import Duplicate
from services.notifications.delivering import claims, endings
from services.notifications.delivering.channel import Message
from services.notifications.domain import retries
from services.notifications.queries import DELIVERIES, QUERIES
from shared.journal.queries import QUERIES as JOURNAL
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.streaming.follower import Follower, _Checkpoint
from shared.streaming.parking import Parking
from shared.streaming.runs import Record, Run
from tests.support.planting import Bug, wrong


class HastyDoor(Door):
    """Answers 202 before Kafka has the fact."""

    def take(self, planned: Planned, *, is_lost: bool, is_answered: bool) -> None:  # noqa: ARG002
        place = INBOX, planned.partition
        self.answer(planned, self.office.log.ends[place])
        super().take(planned, is_lost=is_lost, is_answered=False)


class CheckpointAfter(Follower):
    """Moves the checkpoint in a transaction of its own, after the effects."""

    async def _apply(self, run: Run, start: int, stop: int) -> None:
        async with self._ledger.turn(run.tp.partition) as work:
            new, checkpoint = self._select_new(run, start, stop, await self._read_checkpoint(work, run))
            ready = await self._parking.hold_back(work, run.tp, new)
            if ready:
                await self._handler(work, ready)
        async with self._ledger.turn(run.tp.partition) as work:
            await self._move_checkpoint(work, run.tp, checkpoint)


class CheckpointBefore(Follower):
    """Moves the checkpoint in a transaction of its own, before the effects."""

    async def _apply(self, run: Run, start: int, stop: int) -> None:
        async with self._ledger.turn(run.tp.partition) as work:
            new, checkpoint = self._select_new(run, start, stop, await self._read_checkpoint(work, run))
            await self._move_checkpoint(work, run.tp, checkpoint)
        async with self._ledger.turn(run.tp.partition) as work:
            ready = await self._parking.hold_back(work, run.tp, new)
            if ready:
                await self._handler(work, ready)


class IgnoresCheckpoint(Follower):
    """Applies whatever it is given."""

    def _select_new(self, run: Run, start: int, stop: int, at: _Checkpoint) -> tuple[list[Record], _Checkpoint]:
        records = list(run.records[start:stop])
        return super()._select_new(run, start, stop, _Checkpoint(min(at.next_offset, records[0].offset), at.last_position))


class IgnoresPositions(Follower):
    """Applies what a relay sent twice twice."""

    def _by_position(self, tp: Any, records: Sequence[Record], at: _Checkpoint) -> tuple[list[Record], _Checkpoint]:
        _, checkpoint = super()._by_position(tp, records, at)
        return list(records), checkpoint


class AcceptsHoles(Follower):
    """Takes every gap for Kafka's own."""

    def _select_new(self, run: Run, start: int, stop: int, at: _Checkpoint) -> tuple[list[Record], _Checkpoint]:
        return super()._select_new(run, start, stop, _Checkpoint(max(at.next_offset, run.records[start].offset), at.last_position))


class DropsBadRecords(Follower):
    """Moves on past what it cannot apply, without parking it."""

    async def _park(self, run: Run, index: int, error: Exception) -> None:  # noqa: ARG002
        async with self._ledger.turn(run.tp.partition) as work:
            _, checkpoint = self._select_new(run, index, index + 1, await self._read_checkpoint(work, run))
            await self._move_checkpoint(work, run.tp, checkpoint)


class TrustsMemory(Ledger):
    """Does not ask whether anybody else wrote since."""

    def _recall(self, partition: int, turn: int) -> dict[str, Any]:  # noqa: ARG002
        memory = self._memories.pop(partition, None)
        return memory.content if memory is not None else {}


def worker_with(follower: type[Follower] = Follower, ledger: type[Ledger] = Ledger) -> Parts:
    class Wrong(Worker):
        follower_type = follower
        ledger_type = ledger

    return Parts(worker=Wrong)


class Backwards(Relay):
    """Sends a batch in the wrong order."""

    def append(self, topic: str, partition: int, rows: Sequence[Any]) -> None:
        super().append(topic, partition, rows[::-1])


class Skipping(Relay):
    """Leaves out one of several."""

    def append(self, topic: str, partition: int, rows: Sequence[Any]) -> None:
        super().append(topic, partition, [row for number, row in enumerate(rows) if number != 1])


class MarksFirst(Relay):
    """Moves its mark before it sends."""

    def send(self, topic: str, partition: int, size: int, trouble: Trouble = "") -> int:
        rows = self.read(topic, partition, size)
        if rows:
            self.mark(topic, partition, rows[-1]["position"])
            if trouble.startswith("killed"):
                raise CrashError
            self.append(topic, partition, rows)
        return len(rows)


class RenamesRetries(Courier):
    """Gives each attempt an id of its own."""

    def attempt(self, message: Message) -> None:
        super().attempt(message)
        tried = self.tried.pop()
        self.tried.append(tried._replace(message_id=uuid5(tried.message_id, str(tried.number))))


def _positions(reused: int) -> Any:
    def take(db: Database, partition: int, topics: Sequence[str], counts: Sequence[int]) -> Sequence[Any]:
        rows = streaming.take_positions(db, partition, topics, counts)
        for topic in topics:
            last, sent = db["relay"][topic, partition]
            if last == 3:
                db.put("relay", (topic, partition), (last - reused, sent))
        return rows

    return take


def _all_new(db: Database, partition: int, *columns: Sequence[Any]) -> Sequence[Any]:
    registrar.claim_facts(db, partition, *columns)
    return [(offset,) for offset in columns[2]]


def _notices_outside(db: Database, *args: Any) -> Sequence[Any]:
    undo, db._undo = db._undo, None
    notifications.add_notices(db, *args)
    db._undo = undo
    return []


def _told_at_once(db: Database, partitions: Sequence[int], offsets: Sequence[int], *_topics: str) -> Sequence[Any]:
    receipts = [db["receipt"].get(place) for place in zip(partitions, offsets, strict=True)]
    return [{"is_duplicate": False, "outcome": row["outcome"]} for row in receipts if row is not None and row["outcome"] != "duplicate"]


def _claimed_at_once(db: Database, *args: Any) -> Sequence[Any]:
    marks = dict(db["relay"])
    for place, (last, _) in marks.items():
        db["relay"][place] = (last, last)
    try:
        return deliveries.claim_deliveries(db, *args)
    finally:
        db["relay"].update(marks)


def _put_off_not_at_all(db: Database, delivery: Any, attempts: int, _seconds: float) -> Sequence[Any]:
    return deliveries.put_off(db, delivery, attempts, 0)


async def _holds_nothing_back(_self: Parking, _work: UnitOfWork, _tp: Any, records: Sequence[Record]) -> list[Record]:
    return list(records)


def _short(attempt: int, draw: float, **more: Any) -> Any:
    return None if attempt > 3 else retries.wait_before(attempt, draw, **more)


def _any_content(_entry: Any, original: Any) -> Duplicate:
    return Duplicate(original.partition, original.offset)


BUGS: tuple[Bug, ...] = (
    Bug("acknowledged before Kafka has it", Parts(door=HastyDoor)),
    Bug("missing dedupe", wrong("registrar", REGISTRAR, "claim_facts", _all_new)),
    Bug("dedupe by the id alone", patches=((registering, "_repeat", _any_content),)),
    Bug("checkpoint outside the transaction, after", worker_with(CheckpointAfter)),
    Bug("checkpoint outside the transaction, before", worker_with(CheckpointBefore)),
    Bug("redelivered records applied again", worker_with(IgnoresCheckpoint)),
    Bug("what a relay sent twice applied twice", worker_with(IgnoresPositions)),
    Bug("a gap accepted that is not Kafka's", worker_with(AcceptsHoles)),
    Bug("a bad record dropped", worker_with(DropsBadRecords)),
    Bug("parked key not holding back later events", patches=((Parking, "hold_back", _holds_nothing_back),)),
    Bug("no fencing of a zombie", worker_with(ledger=TrustsMemory)),
    Bug("position reused", wrong("registrar", JOURNAL, "take_positions", _positions(1))),
    Bug("position left out", wrong("registrar", JOURNAL, "take_positions", _positions(-1))),
    Bug("relay out of order", Parts(relay=Backwards)),
    Bug("relay skips one", Parts(relay=Skipping)),
    Bug("relay marks before it sends", Parts(relay=MarksFirst)),
    Bug("verdict told before its event", wrong("registrar", REGISTRAR, "read_receipts", _told_at_once), unseen=True),
    Bug("notices kept outside the transaction", wrong("notifications", QUERIES, "add_notices", _notices_outside)),
    Bug("mail sent before Kafka has the notice", wrong("notifications", DELIVERIES, "claim_deliveries", _claimed_at_once), unseen=True),
    Bug("retry under a new id", Parts(courier=RenamesRetries), unseen=True),
    Bug("retry before its time", wrong("notifications", DELIVERIES, "put_off", _put_off_not_at_all), unseen=True),
    Bug("given up too early", patches=((claims, "ATTEMPTS", 3), (endings, "wait_before", _short)), unseen=True),
)
