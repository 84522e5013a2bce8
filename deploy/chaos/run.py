"""One run: the stack is started, facts flow while the schedule is worked off, everything drains, and the evidence is read and judged."""

import asyncio
import time
from collections.abc import Awaitable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from uuid import uuid5

from deploy.chaos.agency import Agency, admit, rights_of
from deploy.chaos.checking import check
from deploy.chaos.evidence import INBOX, TOPICS, Accepted, Evidence, Finding
from deploy.chaos.faults import Scene
from deploy.chaos.ground import Ground
from deploy.chaos.injector import Injector, Say
from deploy.chaos.lives import BEGIN
from deploy.chaos.office_clock import OfficeClock
from deploy.chaos.publisher import Publisher, open_client
from deploy.chaos.reading import Reader
from deploy.chaos.recovery import Recovery
from deploy.chaos.schedule import DISK, Fault, plan_faults
from deploy.chaos.traffic import NOWHERE, Pace, Traffic
from deploy.chaos.witness import Witness
from deploy.chaos.workload import END, NAMESPACE, SPAN, Submission, Workload, make_workload
from shared.contracts.registry import publisher_key
from shared.envelope import encode, event_of
from shared.errors import UnavailableError

PUBLISHERS = 8
AGENCIES = ("so-chaos-1", "so-chaos-2")
"""Publishers that come over Kafka, among them."""
PARTITIONS = 4
BEAT_SECONDS = 8.0
LOAD_SECONDS = 60.0
LOAD_SECONDS_A_FAULT = 40.0
WAIT_SECONDS = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run is asked to be; `beat` is how many seconds lie between faults where everything recovers at once."""

    seed: int
    faults: int
    facts: int
    beat: float = BEAT_SECONDS

    @property
    def command(self) -> str:
        """Return the command that does the same again: the same faults and facts, if not at the same moments."""
        return f"make chaos SEED={self.seed} FAULTS={self.faults} FACTS={self.facts}"

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
    left_out: str = ""


def run_chaos(plan: Plan, ground: Ground, say: Say) -> Result:
    """Run on a started ground of its own (stepped clock, nothing in it), and return what came of it; raises UnavailableError."""
    return asyncio.run(_Run(plan, ground, say).run())


class _Run:
    def __init__(self, plan: Plan, ground: Ground, say: Say) -> None:
        self.plan = plan
        self.stack = stack = ground.stack
        self.say = say
        self.left_out = f"{DISK}: {ground.disks.refusal}" if ground.disks.refusal else ""
        self.workload: Workload = make_workload(plan.seed, plan.facts, PUBLISHERS)
        self.faults: Sequence[Fault] = plan_faults(plan.seed, plan.faults, plan.facts, [DISK] if self.left_out else [])
        self.traffic = Traffic()
        self.pace = Pace(plan.rate, self.faults[0].after if self.faults else plan.facts)
        self.clock = OfficeClock(stack.dsn)
        self.scene = Scene(stack, ground.proxy, ground.disks, self.clock, self.traffic)
        self.injector = Injector(self.scene, PARTITIONS, self.pace, say)
        self.reader = Reader(stack.bootstrap, stack.dsn, AGENCIES)
        self.witness = Witness(stack.bootstrap, TOPICS, PARTITIONS)

    async def run(self) -> Result:
        begin = time.monotonic()
        async with AsyncExitStack() as closing:
            closing.push_async_callback(self.clock.close)
            closing.push_async_callback(self.reader.close)
            await self.clock.begin()
            await asyncio.to_thread(self.stack.wait_ready)
            self.say(f"the stack is ready; {self.plan.facts} facts at {self.plan.rate:.0f} a second, {self.plan.faults} faults")
            if self.left_out:
                self.say(f"LEFT OUT, {self.left_out}")
            await _bounded(self._load(), LOAD_SECONDS + LOAD_SECONDS_A_FAULT * self.plan.faults)
            self.say("all facts are answered; draining")
            unsettled = await self._settle()
            evidence = await self._evidence()
        findings = await asyncio.to_thread(check, evidence)
        seconds = time.monotonic() - begin
        return Result(
            self.plan, self.traffic, self.injector.recoveries, self.injector.exits, evidence, findings, seconds, unsettled, self.left_out
        )

    async def _load(self) -> None:
        over_http = len(self.workload.scripts) - len(AGENCIES)
        async with AsyncExitStack() as opened:
            clients = [await opened.enter_async_context(open_client(self.stack.url, self.stack.api_key)) for _ in range(over_http + 1)]
            self.scene.repeater, *publishers = (
                Publisher(f"publisher-{number}", client, self.pace, self.traffic, seed=self.plan.seed)
                for number, client in enumerate(clients)
            )
            agencies = await asyncio.to_thread(self._admit)
            await self._register_first(publishers[0])
            await self._beside(self._publish([*publishers, *agencies]))
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
                tasks.create_task(self.witness.run()),
                tasks.create_task(self.clock.run(self.traffic, self.plan.facts)),
                tasks.create_task(self.injector.supervise()),
            ]
            injecting = tasks.create_task(self.injector.run(self.faults, self.plan.facts))
            await publishing
            self.traffic.is_over = True
            await injecting
            for task in lasting:
                task.cancel()

    def _admit(self) -> Sequence[Agency]:
        addresses = [admit(self.stack.infrastructure, slug, PARTITIONS) for slug in AGENCIES]
        return [Agency(slug, address, self.pace, self.traffic, PARTITIONS) for slug, address in zip(AGENCIES, addresses, strict=True)]

    async def _publish(self, publishers: Sequence[Publisher | Agency]) -> None:
        async with asyncio.TaskGroup() as tasks:
            for publisher, script in zip(publishers, self.workload.scripts, strict=True):
                tasks.create_task(publisher.publish(script))

    async def _register_first(self, publisher: Publisher) -> None:
        """Register units and rights first, since facts of other keys rest on them, and what is not committed yet is unknown to those."""
        rights = [_authorisation(slug) for slug in AGENCIES]
        statuses = set(await publisher.send([*self.workload.units, *rights], wait=WAIT_SECONDS))
        if statuses != {"registered"}:
            raise UnavailableError(f"units and rights were not registered within {WAIT_SECONDS} s: {statuses}")
        self.traffic.facts = 0

    async def _evidence(self) -> Evidence:
        evidence = Evidence(dues=self.workload.dues, steps=list(self.clock.steps), witnessed=dict(self.witness.seen))
        await self.reader.read(evidence)
        own = placed([answer.accepted for answer in self.traffic.own_answers], evidence)
        evidence.accepted = [*(answer.accepted for answer in self.traffic.answers), *own]
        return evidence


def _authorisation(slug: str) -> Submission:
    key = publisher_key(slug)
    fact = str(uuid5(NAMESPACE, slug))
    event = event_of(rights_of(slug), id=fact, source="/chaos/registry", subject=str(key), key=str(key))
    return Submission(fact, str(key), 1, encode(event), "registered")


def placed(own: Sequence[Accepted], evidence: Evidence) -> Sequence[Accepted]:
    """Return what came over Kafka with its place in the inbox: the first one, where the forwarder sent it twice."""
    places: dict[str, tuple[int, int]] = {}
    for message in evidence.topics[INBOX]:
        places.setdefault(message.origin, (message.partition, message.offset))
    return [replace(each, place=places.get(each.origin, NOWHERE)) for each in own]


async def _bounded(work: Awaitable[None], seconds: float) -> None:
    """Do the work within the seconds, or raise UnavailableError; of errors that came together the first one counts."""
    try:
        async with asyncio.timeout(seconds):
            await work
    except TimeoutError as error:
        raise UnavailableError(f"the facts were not answered within {seconds:g} s") from error
    except ExceptionGroup as errors:
        raise _first_of(errors) from errors


def _first_of(error: Exception) -> Exception:
    return _first_of(error.exceptions[0]) if isinstance(error, ExceptionGroup) else error
