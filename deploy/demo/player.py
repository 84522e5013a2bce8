"""Plays a story: moves the office clock to the next instant of interest, and only when every service has caught up."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import UUID

from deploy.demo import texts
from deploy.demo.catchers import Catchers
from deploy.demo.defaults import Book
from deploy.demo.intake import Intake, Taken, show_answers
from deploy.demo.letters import Letter, show_reading
from deploy.demo.offices import Offices
from deploy.demo.publisher import Publisher
from deploy.demo.reaching import Reach
from deploy.demo.settling import Snapshot, settle
from deploy.demo.story import Answers, Fact, Step, Story, load_facts
from deploy.demo.timeline import Timeline
from deploy.demo.topics import Published, Topics
from deploy.local.stack import Stack
from services.directives.intake.matching import Entry, Registry
from shared.clock import step_clock
from shared.contracts.indexes import IndexPublished
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
    intake: Intake
    reach: Reach
    catchers: Catchers
    show: Show
    timeline: Timeline = field(default_factory=Timeline)
    now: datetime | None = None
    issued: dict[str, set[str]] = field(default_factory=dict)
    taken: Taken | None = None
    units: dict[UUID, Entry] = field(default_factory=dict)

    async def play(self, story: Story, letter: Letter) -> Snapshot:
        """Play all steps, with every timer that fires between them, and return how the services stand at the end."""
        snapshot = await self.settle()
        for step in story.step:
            snapshot = await self.pass_time(snapshot, step.at)
            snapshot = await self._perform(step, story, letter)
        return snapshot

    async def pass_time(self, snapshot: Snapshot, to: datetime) -> Snapshot:
        """Move the office clock to an instant, with a stop at every timer before it."""
        while snapshot.next_timer is not None and snapshot.next_timer <= to:
            snapshot = await self.move(snapshot.next_timer)
        return await self.move(to)

    async def move(self, to: datetime) -> Snapshot:
        """Move the office clock, let the system do what is due then, and show it."""
        self.now = to
        await step_clock(self.clock, to)
        snapshot = await self.settle()
        await self.take_in(None)
        return snapshot

    async def _perform(self, step: Step, story: Story, letter: Letter) -> Snapshot:
        more: list[str] = []
        for contact in step.reach:
            await self.reach.add(contact)
        if step.letter:
            more += await self._read_letter(step, story, letter)
        for name in step.publish:
            await self.publish(load_facts(self.folder / name, self.taken.names if self.taken else None))
            await self.settle()
        for code in step.read:
            await self.offices.by_code[code].read()
        snapshot = await self.settle()
        if step.review:
            more += await self.publisher.review(step.review)
        await self.take_in(step.say, more)
        return snapshot

    async def _read_letter(self, step: Step, story: Story, letter: Letter) -> list[str]:
        return await self.read_letter(letter, story.answers, {}, step.kill)

    async def read_letter(self, letter: Letter, given: Answers, book: Book, victim: str | None = None) -> list[str]:
        """Take a letter in, answer what it leaves open, publish it, and kill a process just then; return what there is to say."""
        registry = Registry(self.units.values())
        draft = await self.intake.take_in(letter)
        shown = show_reading(letter, letter.propose({}, registry.match))
        answers = await self.intake.answer(draft, letter, registry, given, book)
        self.taken = await self.intake.publish(draft)
        killed = self._kill(victim)
        self.publisher.receipts += self.taken.receipts
        return [*shown, *show_answers(answers), *self._show_indexes(given), *killed]

    def _show_indexes(self, given: Answers) -> list[str]:
        """Return which published index each plan was told to go through."""
        events = [record.event for record in self.topics.records]
        titles = {event.subject: event.data.title for event in events if isinstance(event.data, IndexPublished)}
        return [texts.gone_through(number, titles.get(str(index), str(index))) for number, index in given.indexes.items()]

    def _kill(self, victim: str | None) -> list[str]:
        """Kill a process that has just been given work, and start it again; return what is to be said of it."""
        if victim is None:
            return []
        process = self.stack.processes[victim]
        killed = process.pid
        process.kill()
        process.start()
        return [texts.killed(victim, killed, process.pid)]

    async def publish(self, facts: Sequence[Fact]) -> None:
        """Publish facts as an agency's own system does, several as one batch."""
        if len(facts) == 1:
            await self.publisher.send(facts[0])
        else:
            await self.publisher.send_batch(facts)

    async def settle(self) -> Snapshot:
        """Wait until every service has caught up."""
        return await settle(self.observer, self.topics, self._require_alive)

    def _require_alive(self) -> None:
        for process in (*self.stack.processes.values(), *self.catchers.processes):
            process.require_alive()

    async def take_in(self, say: str | None, more: Sequence[str] = ()) -> None:
        """Read what is new in Kafka, open the desks of new units, wait until the inboxes have it too, and show it."""
        records = await self.topics.read()
        for record in records:
            self._note(record)
        await self.offices.wait_delivered(self.issued)
        if self.now is not None:
            for line in self.timeline.tell(self.now, say, records, more):
                self.show(line)

    def _note(self, record: Published) -> None:
        data = record.event.data
        if isinstance(data, UnitRegistered) and record.event.version:
            unit = UUID(record.event.subject)
            self.offices.open(unit, data.code)
            self.units[unit] = Entry(unit, data.name, data.short_name, data.parent, data.code)
        if isinstance(data, NoticeIssued) and data.channel == "inbox":
            self.issued.setdefault(self.offices.ids[data.recipient], set()).add(str(data.notice))
