"""Builds a worker: a Faust app over the fast lane, with its relay, its timers and its health beside it."""

import asyncio
import logging
import tempfile
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

import faust
import uvloop
from faust.worker import Worker as FaustWorker
from mode import Service

from shared.broker import Address, shown
from shared.environment import Environment
from shared.errors import FatalError
from shared.journal.relay import Relay
from shared.journal.tail import require_whole_journal
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool, create_pool, is_transient
from shared.processes import collect_less_often, stop_process
from shared.streaming import transport
from shared.streaming.checkpoints import Checkpoints
from shared.streaming.dispatcher import Dispatcher
from shared.streaming.families import Family, topic_of
from shared.streaming.follower import Follower, Handler
from shared.streaming.health import Health
from shared.topics import require_topics

logger = logging.getLogger(__name__)

TOPIC_WATCH_SECONDS = 10.0
MAX_RUN = 5_000
GATHER_MS = 60

WAIT_SECONDS = 0.5

T = TypeVar("T")
Background = Callable[["Runtime"], Awaitable[None]]
"""A task that runs beside the agents until it is cancelled."""


@dataclass(frozen=True)
class Subscription:
    """A topic that a worker follows; `has_positions` where its sender is one of our relays."""

    topic: str
    handler: Handler
    has_positions: bool = True


@dataclass(frozen=True)
class WorkerPlan:
    """What a worker is: its schema, what it follows, what its relay sends, and what else runs beside.

    `family`: topics that come at run time; the worker begins with those that are there, at least one. `gather_ms`: for how long the broker
    gathers records under light load before it answers (aiokafka sends one fetch at a time, so a partition that was just drained waits for
    the long poll of idle ones); longer means fewer transactions, and later ones.
    """

    schema: str
    subscriptions: Sequence[Subscription]
    publishes: Sequence[str] = ()
    background: Sequence[Background] = ()
    max_run: int = MAX_RUN
    gather_ms: int = GATHER_MS
    group: str | None = None
    family: Family | None = None


@dataclass
class Runtime:
    """What a running worker holds open."""

    plan: WorkerPlan
    environment: Environment
    pool: Pool = field(init=False)
    ledger: Ledger = field(init=False)
    followers: list[Follower] = field(init=False, default_factory=list)

    async def open(self) -> None:
        """Connect to PostgreSQL and see that the topics are there, waiting for either; raises FatalError when one refuses."""
        self.pool = await _wait_for("PostgreSQL", self._connect)
        self.ledger = Ledger(self.pool)
        topics = [*(subscription.topic for subscription in self.plan.subscriptions), *self.plan.publishes]
        await _wait_for(
            "Kafka", partial(asyncio.to_thread, require_topics, self.environment.bootstrap, topics, self.environment.partitions)
        )

    async def require_whole_journal(self) -> None:
        """See that the journal holds whatever Kafka does of it, waiting for either; raises FatalError when it does not."""
        environment, topics = self.environment, self.plan.publishes
        look = partial(require_whole_journal, self.pool, self.plan.schema, environment.bootstrap, topics, environment.partitions)
        await _wait_for("Kafka and PostgreSQL", look)

    async def _connect(self) -> Pool:
        return await create_pool(self.environment.dsn, schema=self.plan.schema, size=self.environment.partitions + 8)


async def _wait_for(what: str, attempt: Callable[[], Awaitable[T]]) -> T:
    while True:
        try:
            return await attempt()
        except Exception as error:
            if not is_transient(error):
                raise
            logger.warning("waiting for %s: %s", what, error or type(error).__name__)
            await asyncio.sleep(WAIT_SECONDS)


class _App(faust.App):
    """A Faust app that opens our runtime before its own services start."""

    runtime: Runtime
    dispatcher: Dispatcher

    async def on_first_start(self) -> None:
        try:
            await self.runtime.open()
            await self.runtime.require_whole_journal()
        except FatalError as error:
            stop_process(error)
        checkpoints = Checkpoints(self.runtime.pool, self.runtime.environment.bootstrap, self.runtime.plan.schema)
        consumer: Any = self.consumer
        consumer.checkpoints = checkpoints.start_offsets
        consumer.stop_process = stop_process
        self.dispatcher.open(self.runtime.ledger, consumer, self.is_stopping)
        await super().on_first_start()
        await self.add_runtime_dependency(_Beside(self, checkpoints))

    def is_stopping(self) -> bool:
        """Return whether runs that have not begun should be dropped: on stop, and while partitions move."""
        consumer: Any = self.consumer
        return bool(self.should_stop or not consumer.flow_active)


class _Beside(Service):
    """Runs the relay, the timers, the health endpoint and the watch over topic ids; the first one that fails ends the process."""

    def __init__(self, app: _App, checkpoints: Checkpoints) -> None:
        super().__init__()
        self._app = app
        self._runtime = app.runtime
        self._checkpoints = checkpoints
        self._health = Health(app, app.runtime.pool, app.runtime.environment)

    async def on_start(self) -> None:
        runtime, environment = self._runtime, self._runtime.environment
        self.add_future(_guard(self._health.serve()))
        self.add_future(_guard(self._checkpoints.watch_topic_ids(TOPIC_WATCH_SECONDS)))
        if runtime.plan.publishes:
            relay = Relay(
                environment.dsn, runtime.plan.schema, runtime.pool, environment.bootstrap, runtime.plan.publishes, environment.partitions
            )
            self.add_future(_guard(relay.run()))
        if runtime.plan.family:
            self.add_future(_guard(runtime.plan.family.watch(self._app, environment.bootstrap)))
        for background in runtime.plan.background:
            self.add_future(_guard(background(runtime)))


async def _guard(work: Awaitable[None]) -> None:
    try:
        await work
    except Exception as error:  # noqa: BLE001  nothing that runs beside may end in silence
        stop_process(error)


def build_app(plan: WorkerPlan, environment: Environment) -> faust.App:
    """Return the Faust app of a worker; nothing is opened before it starts."""
    transport.install()
    app = _App(
        plan.group or f"dondoc-{plan.schema}",
        broker=f"{transport.SCHEME}://{shown(environment.bootstrap)}",
        broker_credentials=_credentials(environment.bootstrap),
        store="memory://",
        datadir=tempfile.gettempdir(),
        value_serializer="raw",
        web_enabled=False,
        topic_allow_declare=False,
        topic_disable_leader=True,
        topic_partitions=environment.partitions,
        table_standby_replicas=0,  # no tables: with it Faust uses aiokafka's round robin instead of an assignor of its own
        consumer_auto_offset_reset="none",
        consumer_max_fetch_size=4 * 1_048_576,  # the default of 1 MiB holds 1,400 facts: runs would never be as long as they may
        consumer_metadata_max_age_ms=3_000,  # a topic that is not known yet gives an empty assignment until the next look
        consumer_group_instance_id=environment.instance,
        broker_max_poll_records=plan.max_run,
        broker_commit_interval=2.0,
        broker_session_timeout=10.0,
        broker_heartbeat_interval=2.0,
        stream_wait_empty=True,
        stream_buffer_maxsize=1_000_000,
    )
    app.runtime = Runtime(plan, environment)
    app.dispatcher = Dispatcher()
    for subscription in plan.subscriptions:
        _follow(app, topic_of(app, [subscription.topic]), partial(_follower_of, subscription))
    if plan.family:
        _follow(app, plan.family.open(app), plan.family.new_follower)
    return app


def _credentials(bootstrap: str) -> faust.SASLCredentials | None:
    address = Address.parse(bootstrap)
    if not address.user:
        return None
    return faust.SASLCredentials(username=address.user, password=address.password, mechanism=address.mechanism, ssl_context=address.tls())


def _follower_of(subscription: Subscription, ledger: Ledger) -> Follower:
    return Follower(ledger, subscription.handler, has_positions=subscription.has_positions)


def _follow(app: _App, topic: Any, new_follower: Callable[[Ledger], Follower]) -> None:  # noqa: ANN401  Faust's TopicT lacks what is read
    async def follow(stream: Any) -> None:  # noqa: ANN401  Faust's StreamT lacks noack()
        follower = new_follower(app.runtime.ledger)
        app.runtime.followers.append(follower)
        async for event in stream.noack().events():
            app.dispatcher.accept(event, follower)

    follow.__name__ = f"follow_{topic.topics[0].replace('.', '_')}"
    app.agent(topic, name=follow.__name__)(follow)


def run_worker(plan: WorkerPlan, environment: Environment) -> None:
    """Run a worker until SIGTERM; runs under way are finished first."""
    uvloop.install()
    collect_less_often()
    app = build_app(plan, environment)
    worker = FaustWorker(app, override_logging=False, redirect_stdouts=False, quiet=True)
    worker.spinner = None  # it would write terminal codes into the log
    worker.execute_from_commandline()
