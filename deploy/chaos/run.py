"""One run: the stack is started, facts flow while the schedule is worked off, everything drains, and the evidence is read and judged."""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass

from deploy.chaos.checking import check
from deploy.chaos.evidence import Evidence, Finding
from deploy.chaos.injector import Injector, Say
from deploy.chaos.lives import BEGIN
from deploy.chaos.office_clock import OfficeClock
from deploy.chaos.publisher import Publisher, open_client
from deploy.chaos.reading import Reader
from deploy.chaos.recovery import Recovery
from deploy.chaos.schedule import plan_faults
from deploy.chaos.traffic import Pace, Traffic
from deploy.chaos.workload import END, SPAN, Workload, make_workload
from deploy.local.stack import Stack
from shared.errors import UnavailableError

PUBLISHERS = 8
PARTITIONS = 4
BEAT_SECONDS = 8.0
LOAD_SECONDS = 900.0
WAIT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is asked to be; `beat` is how many seconds lie between faults where everything recovers at once."""

    seed: int
    faults: int
    facts: int
    beat: float = BEAT_SECONDS

    @property
    def rate(self) -> float:
        """Return facts a second."""
        return self.facts / (self.beat * (self.faults + 1))


@dataclass(slots=True)
class Result:
    """What came of a run."""

    plan: Plan
    traffic: Traffic
    recoveries: Sequence[Recovery]
    exits: Sequence[str]
    evidence: Evidence
    findings: Sequence[Finding]
    seconds: float
    unsettled: str = ""


def run_chaos(plan: Plan, stack: Stack, say: Say) -> Result:
    """Run on a started stack of its own (stepped clock, nothing in it), and return what came of it; raises UnavailableError."""
    return asyncio.run(_Run(plan, stack, say).run())


class _Run:
    def __init__(self, plan: Plan, stack: Stack, say: Say) -> None:
        self.plan = plan
        self.stack = stack
        self.say = say
        self.workload: Workload = make_workload(plan.seed, plan.facts, PUBLISHERS)
        self.faults = plan_faults(plan.seed, plan.faults, plan.facts)
        self.traffic = Traffic()
        self.pace = Pace(plan.rate, self.faults[0].after if self.faults else plan.facts)
        self.injector = Injector(stack, PARTITIONS, self.traffic, self.pace, say)
        self.clock = OfficeClock(stack.dsn)
        self.reader = Reader(stack.bootstrap, stack.dsn)

    async def run(self) -> Result:
        begin = time.monotonic()
        async with AsyncExitStack() as closing:
            closing.push_async_callback(self.clock.close)
            closing.push_async_callback(self.reader.close)
            await self.clock.begin()
            await asyncio.to_thread(self.stack.wait_ready)
            self.say(f"the stack is ready; {self.plan.facts} facts at {self.plan.rate:.0f} a second, {self.plan.faults} faults")
            await _bounded(self._load())
            self.say("all facts are answered; draining")
            unsettled = await self._settle()
            evidence = await self._evidence()
        findings = await asyncio.to_thread(check, evidence)
        seconds = time.monotonic() - begin
        return Result(self.plan, self.traffic, self.injector.recoveries, self.injector.exits, evidence, findings, seconds, unsettled)

    async def _load(self) -> None:
        async with AsyncExitStack() as opened:
            clients = [await opened.enter_async_context(open_client(self.stack.url, self.stack.api_key)) for _ in self.workload.scripts]
            publishers = [
                Publisher(f"publisher-{number}", client, self.pace, self.traffic, seed=self.plan.seed)
                for number, client in enumerate(clients)
            ]
            await self._register_units(publishers[0])
            await self._beside(self._publish(publishers))
        await self.clock.step(BEGIN + SPAN)

    async def _settle(self) -> str:
        """Wait until all is judged, then until all deadlines have passed; return what still was on its way when the time ran out, or "".

        What is judged first may wait for 30 days from then on: were the clock moved to the end at once, it would never expire.
        """
        unsettled = await self.reader.drain(BEGIN + SPAN)
        await self.clock.step(END)
        return await self.reader.drain(END) or unsettled

    async def _beside(self, publishing: Awaitable[None]) -> None:
        """Publish while faults are injected, the clock moves and exits are watched; the first error ends them all."""
        async with asyncio.TaskGroup() as tasks:
            lasting = [
                tasks.create_task(self.clock.run(self.traffic, self.plan.facts)),
                tasks.create_task(self.injector.supervise()),
            ]
            injecting = tasks.create_task(self.injector.run(self.faults, self.plan.facts))
            await publishing
            self.traffic.is_over = True
            await injecting
            for task in lasting:
                task.cancel()

    async def _publish(self, publishers: Sequence[Publisher]) -> None:
        async with asyncio.TaskGroup() as tasks:
            for publisher, script in zip(publishers, self.workload.scripts, strict=True):
                tasks.create_task(publisher.publish(script))

    async def _register_units(self, publisher: Publisher) -> None:
        """Register the units first, since facts of other keys name them, and what is not committed yet is unknown to those."""
        statuses = set(await publisher.send(self.workload.units, wait=WAIT_SECONDS))
        if statuses != {"registered"}:
            raise UnavailableError(f"the units were not registered within {WAIT_SECONDS} s: {statuses}")
        self.traffic.facts = 0

    async def _evidence(self) -> Evidence:
        evidence = Evidence(
            accepted=[answer.accepted for answer in self.traffic.answers], dues=self.workload.dues, steps=list(self.clock.steps)
        )
        await self.reader.read(evidence)
        return evidence


async def _bounded(work: Awaitable[None]) -> None:
    """Do the work within LOAD_SECONDS, or raise UnavailableError; of errors that came together the first one counts."""
    try:
        async with asyncio.timeout(LOAD_SECONDS):
            await work
    except TimeoutError as error:
        raise UnavailableError(f"the facts were not answered within {LOAD_SECONDS:g} s") from error
    except ExceptionGroup as errors:
        raise _first_of(errors) from errors


def _first_of(error: Exception) -> Exception:
    return _first_of(error.exceptions[0]) if isinstance(error, ExceptionGroup) else error
