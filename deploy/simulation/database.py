"""A service's schema in memory: tables changed in transactions that a crash rolls back, behind the few methods of asyncpg that are used.

Turns never overlap, since one thread does one step after another; what a second instance finds is what the first one committed.
"""

from collections import defaultdict
from collections.abc import AsyncIterator, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from deploy.simulation.clock import Clocks

T = TypeVar("T")
Answer = Callable[..., Sequence[Any]]
"""What a query comes to: its rows, from the database and the query's parameters."""
Table = dict[Any, Any]

ANSWERS: dict[str, Answer] = {}
"""The answers by the text of their queries."""
_MISSING = object()


class CrashError(BaseException):
    """The process that was at work is gone; nothing that it was about to do happens."""


def answers(queries: Mapping[str, str], name: str) -> Callable[[Answer], Answer]:
    """Make a function the answer to a query."""

    def register(answer: Answer) -> Answer:
        ANSWERS[queries[name]] = answer
        return answer

    return register


class Database:
    """One schema; a fuse makes the process that is at work crash after so many operations."""

    def __init__(self, schema: str, clocks: Clocks, wrong: Mapping[str, Answer] | None = None) -> None:
        self.schema = schema
        self.clocks = clocks
        self.fuse: int | None = None
        self._tables: dict[str, Table] = defaultdict(dict)
        self._answers = {**ANSWERS, **wrong} if wrong else ANSWERS
        self._undo: list[tuple[Table, Any, Any]] | None = None

    def __getitem__(self, table: str) -> Table:
        """Return a table, its rows by their keys; what is read in it is not changed but with `put` and `drop`."""
        return self._tables[table]

    def put(self, table: str, key: object, row: object) -> None:
        """Write a row."""
        rows = self._tables[table]
        if self._undo is not None:
            self._undo.append((rows, key, rows.get(key, _MISSING)))
        rows[key] = row

    def drop(self, table: str, key: object) -> None:
        """Take a row out, where it is there."""
        rows = self._tables[table]
        if key in rows:
            if self._undo is not None:
                self._undo.append((rows, key, rows[key]))
            del rows[key]

    async def fetch(self, query: str, *args: object) -> Sequence[Any]:
        """Return a query's rows."""
        self._burn()
        return self._answers[query](self, *args)

    async def fetchrow(self, query: str, *args: object) -> Any:  # noqa: ANN401  a row
        """Return a query's first row, or None."""
        rows = await self.fetch(query, *args)
        return rows[0] if rows else None

    async def fetchval(self, query: str, *args: object) -> Any:  # noqa: ANN401  a value
        """Return the first value of a query's first row, or None."""
        rows = await self.fetch(query, *args)
        return rows[0][0] if rows else None

    async def execute(self, query: str, *args: object) -> str:
        """Carry out a statement, and return how many rows it deleted in PostgreSQL's words."""
        return f"DELETE {len(await self.fetch(query, *args))}"

    async def copy_records_to_table(self, table: str, *, records: Sequence[Any], columns: Sequence[str]) -> None:
        """Add rows to a table whose key is made of partition and offset."""
        self._burn()
        for record in records:
            row = dict(zip(columns, record, strict=True))
            self.put(table, (row["partition"], row["kafka_offset"]), row)

    @asynccontextmanager
    async def acquire(self, timeout: float | None = None) -> AsyncIterator["Database"]:  # noqa: ARG002, ASYNC109  as in asyncpg
        """Lend the connection."""
        yield self

    @asynccontextmanager
    async def transaction(self) -> AsyncIterator[None]:
        """Keep what the block changes, or nothing of it when it raises."""
        undo: list[tuple[Table, Any, Any]] = []
        self._undo = undo
        try:
            yield
            self._burn()
        except BaseException:
            _roll_back(undo)
            raise
        finally:
            self._undo = None
        self._burn()

    def _burn(self) -> None:
        if self.fuse is not None:
            self.fuse -= 1
            if self.fuse < 0:
                self.fuse = None
                raise CrashError


def _roll_back(undo: Sequence[tuple[Table, Any, Any]]) -> None:
    for table, key, before in reversed(undo):
        if before is _MISSING:
            del table[key]
        else:
            table[key] = before


def finish(work: Coroutine[Any, Any, T]) -> T:
    """Carry out a coroutine that waits for nothing but simulated things, and return what it returns."""
    try:
        while True:
            work.send(None)
    except StopIteration as stop:
        value: T = stop.value
        return value
