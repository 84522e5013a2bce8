"""What happens in a history, one thing after another; each step can be left out, and the others still make a history."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import NamedTuple, TypeAlias

from deploy.chaos.lives import BEGIN
from deploy.simulation.courier import Mailbox
from deploy.simulation.facts import Dues, Planned
from deploy.simulation.office import Office
from deploy.simulation.relay import Trouble

LATEST = BEGIN + timedelta(days=25)
"""The clock is stepped no further while facts are sent: what waits must not have waited too long before what it needs is there."""


class Publish(NamedTuple):
    """A publisher sends a fact; again only where it was not answered."""

    fact: Planned
    is_lost: bool = False
    is_answered: bool = True
    is_again: bool = False

    def perform(self, office: Office) -> None:
        """Send it."""
        if not (self.is_again and any(each.planned is self.fact for each in office.answered)):
            office.door.take(self.fact, is_lost=self.is_lost, is_answered=self.is_answered)

    def __str__(self) -> str:
        """Return the step for people."""
        what = "the broker loses it" if self.is_lost else "202" if self.is_answered else "the answer is lost"
        return f"publish {self.fact.told}{' again' if self.is_again else ''}: {what}"


class Mark(NamedTuple):
    """A transaction's marker takes up an offset of the inbox."""

    partition: int

    def perform(self, office: Office) -> None:
        """Take it up."""
        office.log.skip("directives.inbox.v1", self.partition)

    def __str__(self) -> str:
        """Return the step for people."""
        return f"a marker in directives.inbox.v1/{self.partition}"


class Work(NamedTuple):
    """A worker fetches a run, or applies the oldest one that it fetched, or both; with a fuse it dies at some operation."""

    schema: str
    number: int
    topic: str
    partition: int
    size: int
    fetches: bool = True
    applies: bool = True
    fuse: int | None = None

    def perform(self, office: Office) -> None:
        """Fetch and apply."""
        worker = office.worker(self.schema, self.number)
        if self.fetches:
            worker.fetch(self.topic, self.partition, self.size)
        if self.applies:
            office.risk(self.schema, self.number, self.fuse, worker.apply)

    def __str__(self) -> str:
        """Return the step for people."""
        what = [f"fetches up to {self.size} of {self.topic}/{self.partition}"] if self.fetches else []
        what += ["applies the oldest run it has"] if self.applies else []
        end = "" if self.fuse is None else f", and is killed at its operation {self.fuse + 1}, if it gets there"
        return f"{self.schema} {self.number} {' and '.join(what)}{end}"


class Drop(NamedTuple):
    """A worker loses a run that it fetched."""

    schema: str
    number: int

    def perform(self, office: Office) -> None:
        """Lose it."""
        office.worker(self.schema, self.number).drop()

    def __str__(self) -> str:
        """Return the step for people."""
        return f"{self.schema} {self.number} loses the oldest run it has"


class Redeliver(NamedTuple):
    """A worker's consumer goes back."""

    schema: str
    number: int
    topic: str
    partition: int
    back: int

    def perform(self, office: Office) -> None:
        """Go back."""
        office.worker(self.schema, self.number).redeliver(self.topic, self.partition, self.back)

    def __str__(self) -> str:
        """Return the step for people."""
        return f"{self.schema} {self.number} goes back by {self.back} in {self.topic}/{self.partition}"


class Fire(NamedTuple):
    """A worker sees to its timers."""

    schema: str
    number: int
    fuse: int | None = None

    def perform(self, office: Office) -> None:
        """See to them."""
        office.risk(self.schema, self.number, self.fuse, lambda: office.fire(self.schema, self.number))

    def __str__(self) -> str:
        """Return the step for people."""
        end = "" if self.fuse is None else f", and is killed at its operation {self.fuse + 1}, if it gets there"
        return f"{self.schema} {self.number} sees to its timers{end}"


class Send(NamedTuple):
    """A relay sends."""

    schema: str
    number: int
    topic: str
    partition: int
    size: int
    trouble: Trouble = ""

    def perform(self, office: Office) -> None:
        """Send."""
        office.send(self.schema, self.number, self.topic, self.partition, self.size, self.trouble)

    def __str__(self) -> str:
        """Return the step for people."""
        end = f" ({self.trouble})" if self.trouble else ""
        return f"relay {self.number} of {self.schema} sends up to {self.size} to {self.topic}/{self.partition}{end}"


class Kill(NamedTuple):
    """A process ends and is started anew."""

    schema: str
    number: int

    def perform(self, office: Office) -> None:
        """End it."""
        office.kill(self.schema, self.number)

    def __str__(self) -> str:
        """Return the step for people."""
        return f"{self.schema} {self.number} is killed"


class Spoil(NamedTuple):
    """From now on a fault in a program keeps a service from applying the next record of a topic."""

    schema: str
    topic: str
    partition: int

    def perform(self, office: Office) -> None:
        """Let it be so until the end."""
        at = office.databases[self.schema]["checkpoint"].get((self.topic, self.partition), (0, 0))[0]
        office.around.spoilt.add((self.schema, self.topic, self.partition, at))

    def __str__(self) -> str:
        """Return the step for people."""
        return f"{self.schema} has a fault that the next record of {self.topic}/{self.partition} brings out"


class Clock(NamedTuple):
    """The office clock is stepped."""

    hours: int

    def perform(self, office: Office) -> None:
        """Step it."""
        office.clocks.step(min(office.clocks.office + timedelta(hours=self.hours), LATEST))

    def __str__(self) -> str:
        """Return the step for people."""
        return f"the office clock goes on by {self.hours} h"


class Flow(NamedTuple):
    """A service does all that there is for it, and its relay sends it; where two relays overlap, twice."""

    schema: str
    is_doubled: bool = False

    def perform(self, office: Office) -> None:
        """Do it."""
        office.flow(self.schema, "while another one does" if self.is_doubled else "")

    def __str__(self) -> str:
        """Return the step for people."""
        return f"{self.schema} catches up{', and its relay sends everything twice' if self.is_doubled else ''}"


class Settle(NamedTuple):
    """Nothing fails for a while, and everything catches up."""

    def perform(self, office: Office) -> None:
        """Catch up."""
        office.settle()

    def __str__(self) -> str:
        """Return the step for people."""
        return "everything catches up"


class Ask(NamedTuple):
    """The publishers ask what became of their facts."""

    def perform(self, office: Office) -> None:
        """Ask."""
        office.ask()

    def __str__(self) -> str:
        """Return the step for people."""
        return "the publishers ask what became of their facts"


class Deliver(NamedTuple):
    """The courier tries what is due, after some of the machine's time."""

    minutes: int
    outcome: Mailbox
    dies: bool = False

    def perform(self, office: Office) -> None:
        """Wait and try."""
        office.clocks.wait(timedelta(minutes=self.minutes))
        office.risk("notifications", 0, None, lambda: office.courier.deliver(self.outcome, dies=self.dies))

    def __str__(self) -> str:
        """Return the step for people."""
        end = ", and is killed after the first attempt" if self.dies else ""
        return f"after {self.minutes} min the courier tries what is due ({self.outcome}){end}"


Step: TypeAlias = Publish | Ask | Mark | Work | Drop | Redeliver | Fire | Send | Kill | Spoil | Clock | Flow | Settle | Deliver


@dataclass(frozen=True, slots=True)
class Story:
    """A history: its steps, the instants that its deadlines mean, and whether (and how, in the end) mail is taken.

    `is_eventful` where facts change what was said before.
    """

    steps: tuple[Step, ...]
    dues: Dues = field(default_factory=dict)
    mailbox: Mailbox | None = None
    draw: float = 0.5
    is_eventful: bool = False

    def lines(self) -> list[str]:
        """Return the steps for people."""
        return [f"{number:>3}. {step}" for number, step in enumerate(self.steps, 1)]
