"""Two partitions at once: what one has not committed yet, the other waits for and never refers to."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from datetime import date
from typing import Any, cast
from uuid import uuid5

import pytest

from services.directives.repository import QUERIES as REGISTRAR
from shared.contracts.registry import publisher_key
from shared.envelope import Event
from shared.postgres import Connection
from tests.support import facts
from tests.support.facts import COMMITTEE, HOME_AFFAIRS, OFFICE, STRANGER, event
from tests.support.records import FakeRecord
from tests.support.registry import QUERIES, Office, open_office, sent_by
from tests.support.waiting import eventually

UNITS = [
    event(facts.unit(code=code), id=f"unit {code}", subject=unit, key=unit)
    for unit, code in ((COMMITTEE, "H10"), (HOME_AFFAIRS, "H10.1"), (OFFICE, "H10.2"))
]


@pytest.fixture
async def office(database: str) -> AsyncIterator[Office]:
    async with open_office(database) as opened:
        await opened.take(*UNITS)
        yield opened


async def authorise(office: Office, *publishers: str) -> None:
    """Give publishers the right to issue directives in the committee's name."""
    said = [facts.authorised("directive-issued", publisher=publisher, units=(COMMITTEE,)) for publisher in publishers]
    await office.take(
        *(event(each, id=each.publisher, subject=publisher_key(each.publisher), key=publisher_key(each.publisher)) for each in said)
    )


def issued(key: str, name: str, number: int | None = None) -> Event:
    on = date(2021, 4, 2) if number else None
    directive = uuid5(COMMITTEE, key)
    return event(facts.directive(key=key, number=number, issued_on=on), id=name, subject=directive, key=directive)


async def race(office: Office, first: FakeRecord, second: FakeRecord, *, is_rolled_back: bool = False) -> None:
    """Judge `first`, begin `second` while it is open, and end `first` only once `second` waits for it."""

    async def end(waiting: "asyncio.Task[None]") -> None:
        await eventually(lambda: is_waiting(office))
        assert not waiting.done()
        if is_rolled_back:
            raise ConnectionError

    try:
        async with office.ledger.turn(first.partition) as work:
            await office.registrar.handle(work, [first])
            waiting = asyncio.create_task(office.judge(second))
            await end(waiting)
    except ConnectionError:
        assert is_rolled_back
    await waiting


async def is_waiting(office: Office) -> bool:
    return bool(await office.pool.fetchval(QUERIES["count_waiting"]))


async def test_of_two_facts_with_one_id_in_two_partitions_the_first_to_commit_wins(office: Office) -> None:
    here, there = office.keys_apart()
    first, second = office.place(issued(here, "same")), office.place(issued(there, "same"))
    await race(office, first, second)
    assert (await office.receipt(first))["outcome"] == "registered"
    assert (await office.receipt(second))["outcome"] == "refused"
    assert await office.codes() == ["id-reused"]


async def test_a_fact_that_was_rolled_back_leaves_its_id_free(office: Office) -> None:
    here, there = office.keys_apart()
    first, second = office.place(issued(here, "same")), office.place(issued(there, "same"))
    await race(office, first, second, is_rolled_back=True)
    assert await office.receipt(first) is None
    assert (await office.receipt(second))["outcome"] == "registered"


async def test_of_two_documents_with_one_number_in_two_partitions_the_first_to_commit_wins(office: Office) -> None:
    here, there = office.keys_apart()
    first, second = office.place(issued(here, "a", 15)), office.place(issued(there, "b", 15))
    await race(office, first, second)
    assert await office.codes() == ["number-taken"]


async def test_of_two_publishers_with_one_source_in_two_partitions_the_first_to_commit_has_it(office: Office) -> None:
    await authorise(office, "phan-mem-huyen", "phan-mem-tinh")
    here, there = office.keys_apart()
    first = office.place(sent_by("phan-mem-huyen", issued(here, "a")))
    second = office.place(sent_by("phan-mem-tinh", issued(there, "b")))
    await race(office, first, second)
    assert (await office.receipt(first))["outcome"] == "registered"
    assert await office.codes() == ["source-taken"]


async def test_a_source_that_was_rolled_back_is_free(office: Office) -> None:
    await authorise(office, "phan-mem-huyen", "phan-mem-tinh")
    here, there = office.keys_apart()
    first = office.place(sent_by("phan-mem-huyen", issued(here, "a")))
    second = office.place(sent_by("phan-mem-tinh", issued(there, "b")))
    await race(office, first, second, is_rolled_back=True)
    assert (await office.receipt(second))["outcome"] == "registered"


async def test_a_number_that_is_being_freed_is_free_once_that_is_committed(office: Office) -> None:
    here, there = office.keys_apart()
    await office.take(issued(here, "a", 15))
    key = uuid5(COMMITTEE, here)
    void = office.place(event(facts.voided(1), id="void", subject=key, key=key))
    await race(office, void, office.place(issued(there, "b", 15)))
    assert await office.codes() == []


async def test_a_number_that_was_rolled_back_is_free(office: Office) -> None:
    here, there = office.keys_apart()
    first, second = office.place(issued(here, "a", 15)), office.place(issued(there, "b", 15))
    await race(office, first, second, is_rolled_back=True)
    assert (await office.receipt(second))["outcome"] == "registered"


async def test_a_unit_that_is_not_committed_is_not_known(office: Office) -> None:
    stranger = office.place(event(facts.unit(code="H10.9"), id="stranger", subject=STRANGER, key=STRANGER))
    key = next(f"k{number}" for number in range(100) if office.partition_of(uuid5(STRANGER, f"k{number}")) != stranger.partition)
    directive = uuid5(STRANGER, key)
    early = event(facts.directive(key=key, issuer=STRANGER, addressees=()), id="early", subject=directive, key=directive)
    async with office.ledger.turn(stranger.partition) as work:
        await office.registrar.handle(work, [stranger])
        await office.take(early)
    assert await office.codes() == ["unit-unknown"]


async def test_two_partitions_that_want_the_same_names_in_opposite_order_do_not_lock_each_other(office: Office) -> None:
    here, there = office.keys_apart()
    numbers = range(1, 200)
    left = [office.place(each) for each in _numbered_like(office, here, numbers)]
    right = [office.place(each) for each in _numbered_like(office, there, reversed(numbers))]
    await asyncio.gather(office.judge(*left), office.judge(*right))
    outcomes = [(await office.receipt(record))["outcome"] for record in (*left, *right)]
    assert sorted(outcomes) == ["refused"] * len(numbers) + ["registered"] * len(numbers)


def _numbered_like(office: Office, like: str, numbers: Iterable[int]) -> list[Event]:
    """Return numbered directives that all lie in the partition of one key."""
    partition = office.partition_of(uuid5(COMMITTEE, like))
    candidates = (f"{like}-{step}" for step in range(10_000))
    fitting = (key for key in candidates if office.partition_of(uuid5(COMMITTEE, key)) == partition)
    return [issued(next(fitting), f"{like} {number}", number) for number in numbers]


class Between:
    """A database connection that lets somebody else commit between two questions: before the names' owners are read."""

    def __init__(self, connection: Connection, meanwhile: Callable[[], Awaitable[object]]) -> None:
        self._connection = connection
        self._meanwhile = [meanwhile]

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        """Ask, after what happens meanwhile."""
        if query == REGISTRAR["read_claims"] and self._meanwhile:
            await self._meanwhile.pop()()
        return await self._connection.fetch(query, *arguments)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._connection, name)


async def test_a_number_that_a_void_frees_while_it_is_asked_for_belongs_to_whoever_asked(office: Office) -> None:
    here, there = office.keys_apart()
    await office.take(issued(here, "first", number=7))
    voided = event(facts.voided(1), id="void", subject=uuid5(COMMITTEE, here), key=uuid5(COMMITTEE, here))
    beside, second = office.open_beside(), office.place(issued(there, "second", number=7))
    async with office.ledger.turn(second.partition) as work:
        work.connection = cast("Connection", Between(work.connection, lambda: beside.take(voided)))
        await office.registrar.handle(work, [second])
    assert (await office.receipt(second))["outcome"] == "registered"
    (third,) = await office.take(issued("third", "third", number=7))
    assert (third["outcome"], await office.codes()) == ("refused", ["number-taken"])
