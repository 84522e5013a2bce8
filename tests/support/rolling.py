"""Publishers that go on while a system is upgraded under them, each by one gateway at a time."""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace

import msgspec

from deploy.chaos.checking import check
from deploy.chaos.evidence import Evidence, Finding
from deploy.chaos.lives import BEGIN
from deploy.chaos.office_clock import OfficeClock
from deploy.chaos.publisher import Publisher, open_client
from deploy.chaos.reading import Reader
from deploy.chaos.traffic import Pace, Traffic
from deploy.chaos.workload import END, SPAN, Submission, make_workload
from deploy.local.stack import Stack
from tests.support.next_version import MEMBER
from tests.support.waiting import eventually

PUBLISHERS = 6
FUNDED = "ngân sách năm 2021"


class RollingPublisher(Publisher):
    """A publisher that may move to another gateway and say more from then on; `said` is what it sent, which a repeat says again."""

    says_more = False
    said: dict[str, Submission]

    def move_to(self, gateway: Publisher, *, says_more: bool) -> None:
        """Send by the gateway of another publisher from now on."""
        self._client = gateway._client  # noqa: SLF001  the same class
        self.says_more = says_more

    async def send(self, part: Sequence[Submission], *, is_repeat: bool = False, wait: int = 0) -> list[str]:
        """Send facts as they are, or with the new member."""
        told = [self.said.setdefault(each.fact, with_member(each) if self.says_more else each) for each in part]
        return await super().send(told, is_repeat=is_repeat, wait=wait)


def with_member(submission: Submission) -> Submission:
    """Return a fact with the new member, where its type has it."""
    event = msgspec.json.decode(submission.body)
    if "task-assigned" not in event["type"]:
        return submission
    event["data"][MEMBER] = FUNDED
    return replace(submission, body=msgspec.json.encode(event))


@dataclass
class Rolling:
    """Facts that flow into a stack phase by phase, while the office's month passes."""

    stack: Stack
    facts: int
    rate: float
    seed: int = 5
    traffic: Traffic = field(default_factory=Traffic)
    publishers: list[RollingPublisher] = field(default_factory=list)
    _opened: AsyncExitStack = field(default_factory=AsyncExitStack)
    _running: list[asyncio.Task[None]] = field(default_factory=list)

    async def begin(self) -> None:
        """Set the clock, register the units, and hold the facts back."""
        self.pace = Pace(self.rate, 0)
        self.clock, self.reader = OfficeClock(self.stack.dsn), Reader(self.stack.bootstrap, self.stack.dsn)
        self._opened.push_async_callback(self.clock.close)
        self._opened.push_async_callback(self.reader.close)
        await self.clock.begin()
        await asyncio.to_thread(self.stack.wait_ready, 150)
        self.workload = make_workload(self.seed, self.facts, PUBLISHERS)
        self.publishers = [await self.open(self.stack, f"publisher-{number}") for number in range(PUBLISHERS)]
        assert set(await self.publishers[0].send(self.workload.units, wait=20)) == {"registered"}
        self.traffic.facts = 0
        scripts = zip(self.publishers, self.workload.scripts, strict=True)
        self._running = [asyncio.create_task(publisher.publish(script)) for publisher, script in scripts]
        self._running.append(asyncio.create_task(self.clock.run(self.traffic, self.facts)))

    async def open(self, stack: Stack, name: str) -> RollingPublisher:
        """Return a publisher at a stack's gateway."""
        client = await self._opened.enter_async_context(open_client(stack.url, self.stack.api_key))
        publisher = RollingPublisher(name, client, self.pace, self.traffic, seed=self.seed)
        publisher.said = {}
        return publisher

    def let(self, count: int) -> None:
        """Let so many facts more flow, beside what comes next."""
        self.pace.ceiling += count

    async def flown(self) -> None:
        """Wait until all that was let flow is answered."""

        async def is_answered() -> bool:
            for task in self._running:
                if task.done():
                    task.result()
            return self.traffic.facts >= min(self.pace.ceiling, self.facts)

        await eventually(is_answered, 150)

    async def end(self) -> tuple[Evidence, Sequence[Finding], str]:
        """Wait until everything has come to rest and every deadline has passed; return the evidence, findings, and what is unsettled."""
        *publishing, clock = self._running
        await asyncio.gather(*publishing)
        clock.cancel()
        unsettled = ""
        for instant in (BEGIN + SPAN, END):
            await self.clock.step(instant)
            unsettled = await self.reader.drain(instant, 150) or unsettled
        answers = [answer.accepted for answer in self.traffic.answers]
        evidence = Evidence(accepted=answers, dues=self.workload.dues, steps=list(self.clock.steps))
        await self.reader.read(evidence)
        return evidence, check(evidence), unsettled

    async def close(self) -> None:
        """End what still runs, and drop the connections."""
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
        await self._opened.aclose()
