"""On the inbox bad data is refused and never parked: whatever the bytes are, a verdict says so and the next record is judged."""

from collections.abc import AsyncIterator
from random import Random
from uuid import uuid5

import msgspec
import pytest

from services.directives.verdicts import VERDICTS
from shared.contracts.deadlines import DeadlineMet
from shared.envelope import decode, encode
from tests.support import facts
from tests.support.facts import COMMITTEE, DIRECTIVE, TASK, event
from tests.support.registry import PARTITIONS, Office, open_office

ISSUED = event(facts.directive(addressees=()), id="issued", subject=DIRECTIVE)
UNIT = event(facts.unit(), id="unit", subject=COMMITTEE, key=COMMITTEE)
KEY = str(DIRECTIVE).encode()


@pytest.fixture
async def office(database: str) -> AsyncIterator[Office]:
    async with open_office(database) as opened:
        await opened.take(UNIT)
        yield opened


def changed(**attributes: object) -> bytes:
    return msgspec.json.encode({**msgspec.json.decode(encode(ISSUED)), **attributes})


BAD = {
    "no value": None,
    "empty": b"",
    "not JSON": b"\xff\xfe",
    "no object": b"[]",
    "cut off": encode(ISSUED)[:-10],
    "an unknown type": changed(type="vn.dondoc.nothing.v1"),
    "data of another shape": changed(data={"key": 1}),
    "no stamp of receipt": encode(event(facts.directive(), id="x", subject=DIRECTIVE, received_at=None)),
    "a subject that is no UUID": changed(subject="task 1"),
    "a subject in capitals": changed(subject=str(DIRECTIVE).upper()),
    "an empty id": changed(id=""),
    "an id that is too long": changed(id="x" * 201),
    "a source that is too long": changed(source="x" * 501),
    "the character U+0000 in its id": changed(id="a\0b"),
    "the character U+0000 in its data": changed(data={**msgspec.json.decode(encode(ISSUED))["data"], "subject": "a\0b"}),
}


@pytest.mark.parametrize("what", BAD)
async def test_bytes_that_are_no_fact_are_refused_and_the_next_record_is_judged(office: Office, what: str) -> None:
    bad = office.place_bytes(KEY, BAD[what], office.partition_of(DIRECTIVE))
    good = office.place(ISSUED)
    await office.judge(bad, good)
    assert await office.codes() == ["malformed"]
    assert (await office.receipt(bad))["outcome"] == "refused"
    assert (await office.receipt(good))["outcome"] == "registered"
    (row,) = await office.journal(VERDICTS)
    assert b"\\u0000" not in row["value"]


async def test_an_escaped_backslash_before_u0000_is_plain_text(office: Office) -> None:
    harmless = changed(data={**msgspec.json.decode(encode(ISSUED))["data"], "subject": "a\\u0000b"})
    record = office.place_bytes(KEY, harmless, office.partition_of(DIRECTIVE))
    await office.judge(record)
    assert (await office.receipt(record))["outcome"] == "registered"


async def test_what_can_still_be_told_of_a_bad_record_is_told(office: Office) -> None:
    await office.judge(office.place_bytes(KEY, changed(data=[]), office.partition_of(DIRECTIVE)))
    (refusal,) = await office.refusals()
    assert (refusal.fact_id, refusal.fact_source, refusal.fact_type) == (ISSUED.id, ISSUED.source, ISSUED.type)


async def test_an_event_that_publishers_do_not_send_is_refused(office: Office) -> None:
    data = DeadlineMet(
        deadline=TASK, task=TASK, directive=DIRECTIVE, task_number="1", content="x", lead=COMMITTEE, name="x",
        met_by="plan-submitted", met_at=facts.RECEIVED_AT, on_time=True, fact="x",
    )  # fmt: skip
    await office.take(event(data, id="forged", subject=TASK))
    assert await office.codes() == ["not-a-fact"]


@pytest.mark.parametrize("key", [None, b"", b"\xff", str(DIRECTIVE).upper().encode(), str(COMMITTEE).encode()])
async def test_a_record_whose_key_is_not_its_partitionkey_is_refused(office: Office, key: bytes | None) -> None:
    await office.judge(office.place_bytes(key, encode(ISSUED), office.partition_of(DIRECTIVE)))
    assert await office.codes() == ["malformed"]
    (row,) = await office.journal(VERDICTS)
    assert decode(row["value"]).partitionkey


async def test_a_record_in_a_partition_that_is_not_its_key_s_is_refused(office: Office) -> None:
    astray = office.place(ISSUED, partition=(office.partition_of(DIRECTIVE) + 1) % PARTITIONS)
    await office.judge(astray)
    assert await office.codes() == ["malformed"]
    assert (await office.take(ISSUED))[0]["outcome"] == "registered"


async def test_a_directive_key_in_capitals_is_no_second_key(office: Office) -> None:
    capitals = str(DIRECTIVE).upper()
    value = changed(partitionkey=capitals, subject=capitals)
    await office.judge(office.place_bytes(capitals.encode(), value, office.partition_of(capitals)))
    assert await office.codes() == ["malformed"]


async def test_a_long_symbol_of_four_byte_letters_is_a_claim_like_any_other(office: Office) -> None:
    data = facts.directive(key="long", number=1, symbol="\N{GOTHIC LETTER AHSA}" * 500, issued_on=facts.RECEIVED_AT.date(), addressees=())
    key = uuid5(COMMITTEE, "long")
    assert (await office.take(event(data, id="long", subject=key, key=key)))[0]["outcome"] == "registered"


_random = Random(1)  # noqa: S311  test data, the same each time
EXPANDING = "".join(map(chr, (*_random.sample(range(0x20000, 0x2A000), 395), *_random.choices(range(0x1D15F, 0x1D162), k=105))))
"""500 characters, some of which are three in the form in which names are compared: more than PostgreSQL indexes, and hard to compress."""


async def test_a_symbol_that_grows_when_it_is_compared_is_a_claim_like_any_other(office: Office) -> None:
    first, second = (
        event(
            facts.directive(key=key, number=1, symbol=EXPANDING, issued_on=facts.RECEIVED_AT.date(), addressees=()),
            id=key, subject=uuid5(COMMITTEE, key), key=uuid5(COMMITTEE, key),
        )
        for key in ("expanding", "expanding again")
    )  # fmt: skip
    receipts = [*await office.take(first), *await office.take(second)]
    assert [receipt["outcome"] for receipt in receipts] == ["registered", "refused"]
    assert await office.codes() == ["number-taken"]
