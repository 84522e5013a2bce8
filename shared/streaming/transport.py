"""The fast lane: a Faust transport that delivers whole runs of records, one message a run.

Stock Faust pays two tasks, a queue and two events for each record; here it pays them once a run. Reading starts where PostgreSQL's
checkpoints say, never where Kafka's committed offsets do. What Faust 0.15.3 and aiokafka 0.14 do that this must work around is told
beside each override.
"""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, MutableMapping, Sequence
from contextlib import suppress
from typing import Any

import aiokafka
from aiokafka.errors import IllegalStateError, NoOffsetForPartitionError, OffsetOutOfRangeError
from faust.transport.drivers import TRANSPORTS
from faust.transport.drivers import aiokafka as driver
from faust.types import TP, ConsumerMessage

from shared.broker import survive_closed_transports
from shared.errors import FatalError
from shared.streaming import lenient_records
from shared.streaming.runs import Record, Run

logger = logging.getLogger(__name__)

SCHEME = "kafkaruns"
RUNS_IN_FLIGHT = 3
FETCH_MIN_BYTES = 65_536
"""The broker gathers this much, or what comes within the long poll: else every record under light load costs a transaction of its own."""
CROWDED_TIMEOUT = 0.02
REQUEST_MS = 12_000
"""How long a request may stay unanswered: what has fallen silent without ending is left then, instead of after Faust's 90 s."""
SEEK_LIMIT = 60.0
"""Below `broker_request_timeout` (90 s): past that, recovery ends in silence with a worker that consumes nothing."""

Checkpoints = Callable[[set[TP]], Awaitable[Mapping[TP, int]]]
Stopper = Callable[[FatalError], None]


class _NoOffsets(MutableMapping[TP, int | None]):
    """Faust drops runs below its read offset and records gaps by it; an unknown one turns both off."""

    def __getitem__(self, tp: TP) -> int | None:
        return None

    def __setitem__(self, tp: TP, offset: int | None) -> None:
        pass

    def __delitem__(self, tp: TP) -> None:
        pass

    def __iter__(self) -> Any:  # noqa: ANN401
        return iter(())

    def __len__(self) -> int:
        return 0


class RunConsumerThread(driver.AIOKafkaConsumerThread):
    """The thread that owns the aiokafka consumer; seeks and fetches meet only here, so here runs get their epochs.

    A fetch may begin before a seek and bring what was read after it: an epoch taken before the fetch would be too old, its run would
    be dropped, and the next one, above the checkpoint, be taken for the first after the seek.
    """

    epochs: dict[TP, int]
    reached: dict[TP, int]
    _sought: dict[TP, int]

    def __post_init__(self) -> None:
        super().__post_init__()
        self.epochs = defaultdict(int)
        self.reached = {}
        self._sought = {}

    def _create_worker_consumer(self, transport: driver.Transport) -> aiokafka.AIOKafkaConsumer:
        """Faust hard-codes 1,500 ms, one byte and read_uncommitted; all are read when the consumer starts."""
        consumer = super()._create_worker_consumer(transport)
        app: Any = self.app  # a worker's, see shared.streaming.app
        consumer._fetch_max_wait_ms = app.runtime.plan.gather_ms  # noqa: SLF001
        consumer._fetch_min_bytes = FETCH_MIN_BYTES  # noqa: SLF001
        consumer._isolation_level = "read_committed"  # noqa: SLF001
        # Of its connections alone: by the same setting Faust measures how long a seek may wait for the database.
        consumer._client._request_timeout_ms = REQUEST_MS  # noqa: SLF001
        return consumer

    async def _fetch_records(self, *args: Any, **kwargs: Any) -> Any:  # noqa: ANN401  Faust's signature; runs instead of records
        records = await super()._fetch_records(*args, **kwargs)
        return [self._run_of(TP(*tp), part) for tp, part in records.items()]

    def _run_of(self, tp: TP, records: Sequence[Record]) -> Run:
        self.reached[tp] = records[-1].offset + 1
        return Run(tp, records, self.epochs[tp], self._sought.pop(tp, None))

    def read_position(self, tp: TP) -> int:
        """Return the offset from which the consumer reads on, past transaction markers and aborted records; 0 where it is not known."""
        assignment = self._ensure_consumer()._subscription.subscription.assignment  # noqa: SLF001  its own method waits for a seek
        state = assignment.state_value(tp) if assignment else None
        return state.position if state and state.has_valid_position else 0

    async def _seek_wait(self, consumer: aiokafka.AIOKafkaConsumer, partitions: Mapping[TP, int]) -> None:
        """Seek; a partition that a rebalance took away meanwhile is left to its new owner, who seeks in it himself."""
        for tp, offset in partitions.items():
            self.epochs[tp] += 1
            with suppress(IllegalStateError):
                consumer.seek(tp, offset)
                self._sought[tp] = self.reached[tp] = offset
        async with asyncio.timeout(self.app.conf.broker_request_timeout):
            for tp in partitions:
                with suppress(IllegalStateError):
                    await consumer.position(tp)


class RunConsumer(driver.Consumer):
    """A consumer of runs that starts from the database's checkpoints.

    `checkpoints` and `stop_process` are set by `shared.streaming.app`.
    """

    checkpoints: Checkpoints
    stop_process: Stopper
    _thread: RunConsumerThread

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401  Faust's own signature
        super().__init__(*args, **kwargs)
        self._read_offset = _NoOffsets()
        self._in_flight: Counter[tuple[TP, int]] = Counter()
        self._room = asyncio.Event()

    def _new_consumer_thread(self) -> RunConsumerThread:
        return RunConsumerThread(self, loop=self.loop, beacon=self.beacon)

    def epoch(self, tp: TP) -> int:
        """Return how often this process has sought in a partition."""
        return self._thread.epochs[tp]

    def passed(self, tp: TP, checkpoint: int) -> int:
        """Return the offset up to which nothing is left to apply: past a checkpoint lie only Kafka's own records where every run is done.

        Whatever was fetched and not applied, dropped runs too, lies above the checkpoint and is not passed.
        """
        reached = self._thread.reached.get(tp)
        return checkpoint if reached is None or checkpoint < reached else max(checkpoint, self._thread.read_position(tp))

    def finish(self, run: Run) -> None:
        """Make room for another run of the partition; Faust's own count is bypassed by its Cython stream."""
        self._in_flight[run.tp, run.epoch] -= 1
        if not self._in_flight[run.tp, run.epoch]:
            del self._in_flight[run.tp, run.epoch]
        self._room.set()

    async def rewind(self, tp: TP, offset: int) -> None:
        """Read a partition again from `offset`; what is under way from before carries an older epoch."""
        await self._thread.seek_wait({tp: offset})
        self._room.set()

    async def getmany(self, timeout: float) -> AsyncIterator[tuple[TP, ConsumerMessage]]:  # noqa: ASYNC109  Faust's signature
        """Yield one message for each run that a fetch brings, only for partitions that have room.

        What a fetch brings that lasted over a rebalance is nobody's, although it may have been read after the seek that followed: so
        everything is sought again. Else it would be missed only when the next record of its partition came.
        """
        if not self.flow_active:
            await self.wait(self.can_resume_flow)  # type: ignore[arg-type]  # mode's own events are meant, asyncio's work
        generation = self.app.consumer_generation_id
        is_taken = True
        for run in await self._fetch_runs(timeout):
            is_taken = self.flow_active and self.app.consumer_generation_id == generation and not self.should_stop
            if not is_taken:
                break
            self._in_flight[run.tp, run.epoch] += 1
            yield run.tp, self._message_of(run, generation)
        if not (is_taken and self.flow_active) and not self.should_stop:
            await self.perform_seek()

    async def _fetch_runs(self, wait: float) -> Sequence[Run]:
        active = self._get_active_partitions()
        roomy = {tp for tp in active if self._in_flight[tp, self.epoch(tp)] < RUNS_IN_FLIGHT}
        if not roomy:
            await self._wait_for_room(wait)
            return []
        try:
            runs: Any = await self._getmany(roomy, wait if len(roomy) == len(active) else CROWDED_TIMEOUT)
        except NoOffsetForPartitionError:
            return []  # a fresh group before its first seek; the seek is on its way
        except OffsetOutOfRangeError as error:
            self.stop_process(_out_of_range(error))
            return []
        return list(runs or ())

    async def _wait_for_room(self, wait: float) -> None:
        self._room.clear()
        try:
            async with asyncio.timeout(wait):
                await self._room.wait()
        except TimeoutError:
            return

    def _message_of(self, run: Run, generation: int) -> ConsumerMessage:
        last = run.records[-1]
        value: Any = run
        return ConsumerMessage(
            run.tp.topic, run.tp.partition, last.offset, last.timestamp / 1000, 0, [], None, value, None, 0, 0, run.tp,
            generation_id=generation,
        )  # fmt: skip

    def _new_offset(self, tp: TP) -> int | None:
        """Return the offset to commit: past the highest acknowledged run, since runs look like gaps to Faust.

        It only informs; checkpoints decide.
        """
        acked = self._acked[tp]
        if not acked:
            return None
        offset = max(acked) + 1
        acked.clear()
        self._acked_index[tp].clear()
        return offset

    async def seek_to_committed(self) -> Mapping[TP, int]:
        """Seek every assigned partition to its checkpoint; waits for a database that is away, then stops the process.

        Faust calls this after each assignment, and when flow stopped during a fetch.
        """
        try:
            async with asyncio.timeout(SEEK_LIMIT):
                start = await self.checkpoints(self.assignment())
                await self._thread.seek_wait(start)
        except FatalError as error:
            self.stop_process(error)
            raise
        except TimeoutError as error:
            fatal = FatalError(f"no checkpoints within {SEEK_LIMIT:.0f} s: is PostgreSQL up? The worker stops and may be started again")
            self.stop_process(fatal)
            raise fatal from error
        self._room.set()
        return start


class RunTransport(driver.Transport):
    """A transport of runs, under the URL scheme `kafkaruns`."""

    Consumer = RunConsumer


def _out_of_range(error: OffsetOutOfRangeError) -> FatalError:
    where = ", ".join(f"{tp.topic}/{tp.partition} at {offset}" for tp, offset in dict(error.args[0]).items())
    return FatalError(
        f"checkpoint out of range ({where}): the topic was cut, or deleted and made again, or the database is newer than Kafka; "
        "nothing was reset. Remedy: restore the topic, or make the tables again from it (docs/operations.md, stops)"
    )


def install() -> None:
    """Let Faust find the transport by its URL scheme."""
    survive_closed_transports()
    lenient_records.install()
    TRANSPORTS.aliases[SCHEME] = "shared.streaming.transport:RunTransport"


__all__ = ["RunConsumer", "RunTransport", "install"]
