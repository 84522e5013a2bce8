"""The forwarder's process: follows every publisher's own topic, also those that come while it runs, into the inbox."""

import asyncio
import logging
import signal
from functools import partial

from services.directives.forwarding import TOPIC, Forwarder, InboxWriter, Pace
from services.directives.registering import INBOX
from shared.environment import Environment
from shared.errors import UnavailableError
from shared.processes import run_main, set_up_logs
from shared.streaming.app import Runtime, WorkerPlan, run_worker
from shared.streaming.families import LOOK_SECONDS, Family, find_topics
from shared.streaming.health import serve_idle
from shared.topics import require_topics

logger = logging.getLogger(__name__)

SCHEMA = "forwarder"
MAX_RUN = 500
"""Records of a run: one that floods holds a partition's turn no longer than their acknowledgement takes."""


def plan_forwarder(environment: Environment, topics: list[str]) -> WorkerPlan:
    """Return what the forwarder is: one handler on all topics of publishers, each at its own pace."""
    forwarder = Forwarder(InboxWriter(environment.bootstrap, INBOX), environment.partitions, environment.clock)
    pace = Pace()
    family = Family(TOPIC, topics, forwarder.handle, pace.take)
    return WorkerPlan(SCHEMA, subscriptions=(), family=family, background=(partial(_follow_limits, pace),), max_run=MAX_RUN)


async def _follow_limits(pace: Pace, runtime: Runtime) -> None:
    await pace.follow_limits(runtime.environment.dsn)


async def wait_for_topics(environment: Environment) -> list[str]:
    """Return the publishers' topics, waiting until there is one; none where the process is told to end (SIGTERM) before."""
    ending = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, ending.set)
    async with serve_idle(environment):
        while not ending.is_set():
            try:
                await asyncio.to_thread(require_topics, environment.bootstrap, [INBOX], environment.partitions)
                topics = await find_topics(environment.bootstrap, TOPIC)
                if topics:
                    return topics
            except UnavailableError as error:
                logger.warning("waiting for Kafka: %s", error)
            await _wait(ending, LOOK_SECONDS)
    return []


async def _wait(ending: asyncio.Event, seconds: float) -> None:
    try:
        async with asyncio.timeout(seconds):
            await ending.wait()
    except TimeoutError:
        return


def main() -> None:
    """Forward until SIGTERM; as long as there is no publisher, only look for one."""
    set_up_logs()
    environment = Environment.read()
    topics = asyncio.run(wait_for_topics(environment))
    if topics:
        run_worker(plan_forwarder(environment, topics), environment)


if __name__ == "__main__":
    run_main(main)
