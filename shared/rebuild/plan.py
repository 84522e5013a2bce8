"""What is rebuilt: a schema, how it is made, which topics feed it, what it published itself, and which rows belong to which key."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass

from shared.journal.unit_of_work import UnitOfWork
from shared.postgres import Connection
from shared.streaming.app import Subscription
from shared.streaming.follower import Handler
from shared.streaming.runs import Record

Answered = Callable[[Connection], Awaitable[Mapping[tuple[str, int], int]]]
"""Return, by topic and partition, the offset before which everything that the service followed has been answered in its own topics."""
Mend = Callable[[UnitOfWork], Awaitable[None]]
"""Say again, in a turn at each partition, what only a part of the topics got before the database was lost."""
Step = Callable[[Connection], Awaitable[None]]
"""Do something in the shadow, as often as it is asked for."""


async def ignore(_work: UnitOfWork, _records: Sequence[Record]) -> None:
    """Fold nothing out of records."""


async def do_not_mend(_work: UnitOfWork) -> None:
    """Say nothing again."""


async def do_nothing(_connection: Connection) -> None:
    """Leave the shadow as it is."""


@dataclass(frozen=True, slots=True)
class Output:
    """A topic that the service's own relay sends, and the handler that folds what it said, deciding and publishing nothing.

    `pattern`, a regular expression, stands for the topics of publishers, which come and go; `topic` is then empty.
    """

    topic: str
    fold: Handler = ignore
    pattern: str = ""


@dataclass(frozen=True, slots=True)
class RebuildPlan:
    """How a schema comes out of topics.

    `sources` are its migrations; `subscriptions` the topics that it follows with handlers that write rows and publish nothing; `tables`
    for each table the query of (key or partition, row) of everything in it. A service that decides has `outputs`: they are folded first,
    and what it follows is read only as far as it was `answered` there. `prepare` makes what only a rebuild needs, `settle` is done whenever
    outputs were folded, `mend` where there was no live schema to compare with, `finish` derives what neither topic tells alone once both
    are read, `clean` takes out what was prepared. `inherited` are queries that take over service data, which no topic tells, from {live}
    into {schema}; `adopt` derives from that what no topic tells either, once it is there.
    """

    schema: str
    sources: Sequence[tuple[str, str]]
    subscriptions: Sequence[Subscription]
    tables: Mapping[str, str]
    outputs: Sequence[Output] = ()
    answered: Answered | None = None
    prepare: Step = do_nothing
    settle: Step = do_nothing
    mend: Mend = do_not_mend
    finish: Step = do_nothing
    clean: Step = do_nothing
    inherited: Sequence[str] = ()
    adopt: Step = do_nothing

    @property
    def shadow(self) -> str:
        """Return the name of the schema that is filled."""
        return f"{self.schema}_rebuild"

    @property
    def former(self) -> str:
        """Return the name that the live schema has for the moment between its replacement and its end."""
        return f"{self.schema}_former"

    @property
    def topics(self) -> list[str]:
        """Return the topics that it follows."""
        return [subscription.topic for subscription in self.subscriptions]
