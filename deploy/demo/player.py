"""Plays a story: moves the office clock to the next instant of interest, and only when every service has caught up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from deploy.demo import texts
from deploy.demo.offices import Offices
from deploy.demo.publisher import Publisher
from deploy.demo.settling import Snapshot, settle
from deploy.demo.story import Fact, Step, Story, load_facts
from deploy.demo.timeline import Timeline
from deploy.demo.topics import Published, Topics
from deploy.local.stack import Stack
from shared.clock import step_clock
from shared.contracts.notifications import NoticeIssued
from shared.contracts.registry import UnitRegistered

if TYPE_CHECKING:
    import asyncpg

Show = Callable[[str], None]
"""Shows people a line."""


@dataclass
class Player:
    """Everything that a story is played with; `observer` only reads the services' database, `clock` only moves the office clock."""

    folder: Path
    stack: Stack
    topics: Topics
    observer: "asyncpg.Connection[Any]"
    clock: "asyncpg.Connection[Any]"
    publisher: Publisher
    offices: Offices
    show: Show
    timeline: Timeline = field(default_factory=Timeline)
    now: datetime | None = None
    issued: dict[str, set[str]] = field(default_factory=dict)

    async def play(self, story: Story) -> Snapshot:
        """Play all steps, with every timer that fires between them, and return how the services stand at the end."""
        snapshot = await self._settle()
        for step in story.step:
            while snapshot.next_timer is not None and snapshot.next_timer <= step.at:
                snapshot = await self._move(snapshot.next_timer)
            snapshot = await self._move(step.at)
            snapshot = await self._perform(step)
        return snapshot

    async def _move(self, to: datetime) -> Snapshot:
        """Move the office clock, let the system do what is due then, and show it."""
        self.now = to
        await step_clock(self.clock, to)
        snapshot = await self._settle()
        await self._take_in(None)
        return snapshot

    async def _perform(self, step: Step) -> Snapshot:
        if step.kill:
            await self._publish_amid_a_kill(step.publish, step.kill)
        else:
            for name in step.publish:
                await self._publish(load_facts(self.folder / name))
                await self._settle()
        for code in step.read:
            await self.offices.by_code[code].read()
        snapshot = await self._settle()
        await self._take_in(step.say)
        return snapshot

    async def _publish(self, facts: Sequence[Fact]) -> None:
        if len(facts) == 1:
            await self.publisher.send(facts[0])
        else:
            await self.publisher.send_batch(facts)

    async def _publish_amid_a_kill(self, names: Sequence[str], victim: str) -> None:
        """Send the facts one by one; halfway a process is killed, and it is started again after the last one."""
        facts = [fact for name in names for fact in load_facts(self.folder / name)]
        process = self.stack.processes[victim]
        for number, fact in enumerate(facts):
            if number == len(facts) // 2:
                killed = process.pid
                process.kill()
            await self.publisher.send(fact)
        process.start()
        self.show(texts.killed(victim, killed, process.pid))

    async def _settle(self) -> Snapshot:
        return await settle(self.observer, self.topics, self._require_alive)

    def _require_alive(self) -> None:
        for process in self.stack.processes.values():
            process.require_alive()

    async def _take_in(self, say: str | None) -> None:
        """Read what is new in Kafka, open the desks of new units, wait until the inboxes have it too, and show it."""
        records = await self.topics.read()
        for record in records:
            self._note(record)
        await self.offices.wait_delivered(self.issued)
        if self.now is not None:
            for line in self.timeline.tell(self.now, say, records):
                self.show(line)

    def _note(self, record: Published) -> None:
        data = record.event.data
        if isinstance(data, UnitRegistered) and record.event.version:
            self.offices.open(UUID(record.event.subject), data.code)
        if isinstance(data, NoticeIssued):
            self.issued.setdefault(self.offices.ids[data.recipient], set()).add(str(data.notice))
