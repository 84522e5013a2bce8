"""From a publisher's own topic to its own verdicts: registered once, refused with reasons, whatever is killed in between."""

import json
from collections.abc import Iterator
from typing import Any
from uuid import uuid5

import pytest

from deploy.local.stack import Stack
from shared.envelope import encode
from tests.support import facts
from tests.support.agencies import Agency
from tests.support.facts import COMMITTEE
from tests.support.forwarding import PARTITIONS, producing, publish
from tests.support.operator import Operator, authorise, register_unit
from tests.support.verdicts import read_verdicts

MIB = 1_048_576


@pytest.fixture(scope="module")
def operator() -> Iterator[Operator]:
    with Stack(services=["gateway", "registrar", "forwarder"]) as stack:
        stack.wait_ready()
        register_unit(stack)
        yield Operator(stack)


def letter(name: str, source: str) -> bytes:
    """Return a letter of the committee about a directive of its own; a source belongs to the publisher that used it first."""
    key = uuid5(COMMITTEE, name)
    data = facts.directive(key=name, addressees=(COMMITTEE,))
    return encode(facts.event(data, id=name, subject=key, key=key, source=f"/{source}", received_at=None))


def kinds(verdicts: list[dict[str, Any]]) -> list[str]:
    return [str(each["type"]).removeprefix("vn.dondoc.").removesuffix(".v1") for each in verdicts]


@pytest.mark.parametrize("language", ["java", "node"])
async def test_an_agency_publishes_and_reads_its_verdicts_with_its_own_client(operator: Operator, language: str) -> None:
    agency = Agency(language, authorise(operator, f"so-{language}"))
    assert agency.publish([letter(f"{language}-1", language).decode(), '{"xin": "chào"}']) == 2
    verdicts = [json.loads(line) for line in agency.read_verdicts(2)]
    assert sorted(kinds(verdicts)) == ["fact-refused", "fact-registered"]
    registered = next(each for each in verdicts if each["type"].endswith("fact-registered.v1"))
    assert (registered["data"]["fact_id"], registered["data"]["version"]) == (f"{language}-1", 1)


JUNK: list[bytes | None] = [
    b"khong phai JSON",
    b"",
    None,
    b"x" * MIB,
    b"{}",
    b"[" * 50_000,
    b"\xff\xfe",
    letter("thừa", "rac").replace(b'"key"', b'"khoa"'),
]


async def test_all_junk_ends_refused_with_a_verdict_for_its_publisher(operator: Operator) -> None:
    publisher = authorise(operator, "so-rac")
    await publish(publisher, *JUNK, max_request_size=2 * MIB)
    async with producing(publisher) as producer:
        wrong_headers = [("ce_specversion", b"\xff"), ("publisher", b"office"), ("origin", b"a/0/0"), ("receivedtime", b"hom qua")]
        await producer.send_and_wait(publisher.topic, letter("dau de sai", "rac"), headers=wrong_headers, partition=0)
    await publish(publisher, letter("sau rác", "rac"))
    verdicts = await read_verdicts(operator.stack.bootstrap, publisher, len(JUNK) + 2)
    assert sorted(kinds(verdicts)) == ["fact-refused"] * (len(JUNK) + 1) + ["fact-registered"]
    refused = [each["data"] for each in verdicts if each["type"].endswith("fact-refused.v1")]
    assert {each["code"] for each in refused} == {"malformed"}
    assert all(each["reason"] and each["reason_vi"] and each["fields"] for each in refused)


async def test_a_killed_forwarder_makes_the_registrar_register_everything_once(operator: Operator) -> None:
    publisher = authorise(operator, "so-giet")
    count = 600
    async with producing(publisher, linger_ms=5) as producer:
        for sent in [await producer.send(publisher.topic, letter(f"giet-{n}", "giet"), partition=n % PARTITIONS) for n in range(count)]:
            await sent
    forwarder = operator.stack.processes["forwarder"]
    for target in (50, 200):
        await read_verdicts(operator.stack.bootstrap, publisher, target)
        forwarder.kill()
        forwarder.start()
    await publish(publisher, letter("giet-cuoi", "giet"))
    verdicts = await read_verdicts(operator.stack.bootstrap, publisher, count + 1)
    assert set(kinds(verdicts)) == {"fact-registered"}
    assert sorted(each["data"]["fact_id"] for each in verdicts) == sorted([*(f"giet-{n}" for n in range(count)), "giet-cuoi"])


async def test_a_revoked_publisher_is_not_read_on(operator: Operator) -> None:
    publisher = authorise(operator, "so-thoi")
    await publish(publisher, letter("thoi-1", "thoi"))
    assert kinds(await read_verdicts(operator.stack.bootstrap, publisher, 1)) == ["fact-registered"]
    operator.told("revoke", "so-thoi")
    answer = Agency("java", publisher).run("publish", publisher.topic, "none", lines=[letter("thoi-2", "thoi").decode()])
    assert answer.returncode != 0
    assert "authentication failed" in answer.stderr.lower()
