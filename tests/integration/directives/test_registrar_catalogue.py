"""Lives over the whole catalogue, as the benchmark measures them: every fact ends as it should, in one batch or fact by fact."""

from collections import Counter
from collections.abc import AsyncIterator, Iterable
from datetime import timedelta
from random import Random
from uuid import UUID

import pytest
from msgspec.structs import replace

from deploy.bench.catalogue import AGENCIES, VOID_EVERY, Sent, agency, has_topic, lives, outcomes, rights
from deploy.bench.facts import BEGIN, units
from services.directives.domain import Past, fold
from services.directives.repository import past_of, read_streams
from services.directives.verdicts import EVENTS, VERDICTS
from shared.contracts.verdicts import FactRefused, FactRegistered, FactReleased, FactWaiting
from shared.envelope import Event
from tests.support.derived import derive
from tests.support.registry import QUERIES, Office, open_office

LIVES = VOID_EVERY + 1


@pytest.fixture
async def office(database: str) -> AsyncIterator[Office]:
    async with open_office(database) as opened:
        opened.now = BEGIN
        await opened.take(*stamped(replace(event, publisher="office") for event in units()))
        await opened.take(*stamped(rights()))
        yield opened


def stamped(events: Iterable[Event]) -> list[Event]:
    return [replace(event, receivedtime=BEGIN) for event in events]


async def require_ended(office: Office, sent: list[Sent]) -> None:
    expected = Counter(outcomes(sent)) + Counter({"registered": len(units()) + len(rights())})
    rows = await office.pool.fetch(QUERIES["count_outcomes"])
    assert {row["outcome"]: row["records"] for row in rows} == dict(expected)


async def require_folded(office: Office) -> None:
    """Require that each key's stored state is what its registered history folds to, whatever came early, late or by mistake."""
    histories: dict[UUID, list[Past]] = {}
    for event in await office.events():
        histories.setdefault(UUID(event.partitionkey), []).append(past_of(event))
    async with office.pool.acquire() as connection:
        stored = {stream.key: (stream.version, stream.state) for stream in await read_streams(connection, list(histories))}
    assert stored == {key: (len(history), fold(history)) for key, history in histories.items()}


async def test_every_fact_ends_as_it_should(office: Office) -> None:
    sent = list(lives(0, LIVES))
    await office.take(*stamped(each.event for each in sent))
    await require_ended(office, sent)
    await require_folded(office)
    for number in range(AGENCIES):
        told = await office.verdicts(f"publishers.{agency(number)}.verdicts.v1")
        assert any(isinstance(said, FactRegistered) for said in told) == has_topic(number)


@pytest.mark.parametrize("seed", range(4))
async def test_any_order_in_any_batches_over_many_processes_loses_nothing_and_folds(office: Office, seed: int) -> None:
    sent = [each for number in range(3) for each in lives(number, 1)]
    chance = Random(seed)  # noqa: S311  an order, no secret
    chance.shuffle(sent)
    while sent:
        office.restart()
        size = chance.randint(1, 12)
        await office.take(*stamped(each.event for each in sent[:size]))
        del sent[:size]
    await require_folded(office)
    assert (await office.tables())["waiting"] == []
    told = [said for said in await office.verdicts() if isinstance(said, FactRefused | FactWaiting | FactReleased)]
    begun, ended = (Counter(said.fact_id for said in told if isinstance(said, kind)) for kind in (FactWaiting, FactReleased | FactRefused))
    assert begun.keys() <= ended.keys()


@pytest.mark.parametrize("seed", range(3))
async def test_every_table_can_be_derived_from_the_inbox_and_the_output_topics(office: Office, seed: int) -> None:
    sent = [each.event for number in range(3) for each in lives(number * VOID_EVERY, 1)]
    Random(seed).shuffle(sent)  # noqa: S311  an order, no secret
    await office.take(*stamped(sent[: len(sent) // 2]))
    stolen = [replace(event, publisher=agency(0), id=f"stolen {event.id}") for event in sent[::9]]
    reused = [replace(event, subject=event.partitionkey) for event in sent[::7]]
    await office.take(*stamped(stolen), *stamped(reused))
    await office.judge(office.place_bytes(b"key", b"junk", 0, (("origin", b"x"), ("publisher", agency(1).encode()))))
    if seed:
        office.now = BEGIN + timedelta(days=31)
        await office.sweep()
    await office.take(*stamped(sent[len(sent) // 2 :: 2]))
    derived = derive(office.inbox, await office.journal(EVENTS), await office.journal(VERDICTS))
    for name, rows in derived.items():
        stored = [tuple(row) for row in await office.pool.fetch(QUERIES[f"dump_{name}"])]
        assert sorted(map(repr, stored)) == sorted(map(repr, rows)), name
