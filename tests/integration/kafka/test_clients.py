"""Agencies publish with clients of their own: Java and Node, compressed, in transactions, with a partitioner of theirs."""

import json
from collections.abc import Iterator

import pytest

from deploy.local.stack import Stack
from shared.envelope import decode, encode
from tests.support import facts
from tests.support.agencies import Agency
from tests.support.facts import DIRECTIVE
from tests.support.forwarding import Forwarding, origin_of
from tests.support.publishers import Publisher

TITLE = "V/v khắc phục các chỉ số thành phần bị điểm thấp, đợt thứ "


@pytest.fixture(scope="module")
def stack() -> Iterator[Stack]:
    with Stack(services=["forwarder"]) as running:
        running.wait_ready()
        yield running


@pytest.fixture(scope="module")
def forwarding(stack: Stack) -> Forwarding:
    return Forwarding(stack)


@pytest.fixture(scope="module", params=["java", "node"])
def agency(request: pytest.FixtureRequest, forwarding: Forwarding) -> Agency:
    return Agency(request.param, forwarding.publisher())


def letter(name: str) -> str:
    """Return a letter as a line of JSON."""
    event = facts.event(facts.directive(key=name), id=name, subject=DIRECTIVE, received_at=None)
    content = json.loads(encode(event))
    content["data"]["subject"] = TITLE + name
    return json.dumps(content, ensure_ascii=False)


async def titles(forwarding: Forwarding, publisher: Publisher, prefix: str, count: int) -> list[str]:
    """Return the titles of the letters of one test that came into the inbox, once so many have come."""
    found: list[str] = []
    seen = 0
    while len(found) < count:
        records = await forwarding.received(publisher, seen + 1)
        seen = len({origin_of(record) for record in records})
        events = [decode(record.value) for record in records]
        assert {event.publisher for event in events} == {publisher.slug}
        found = [event.data.subject for event in events if event.id.startswith(prefix)]
    return found


COMPRESSIONS = {"java": ["none", "gzip", "lz4", "zstd", "snappy"], "node": ["none", "gzip"]}


async def test_vietnamese_text_arrives_whole_whatever_the_compression(agency: Agency, forwarding: Forwarding) -> None:
    expected: list[str] = []
    for compression in COMPRESSIONS[agency.language]:
        names = [f"{agency.language}-{compression}-{number}" for number in range(20)]
        assert agency.publish([letter(name) for name in names], compression=compression) == 20
        expected += [TITLE + name for name in names]
    assert sorted(await titles(forwarding, agency.publisher, agency.language, len(expected))) == sorted(expected)


async def test_aborted_transactions_are_never_forwarded(agency: Agency, forwarding: Forwarding) -> None:
    def part(name: str) -> list[str]:
        return [letter(f"tx-{name}-{number}") for number in range(5)]

    lines = [*part("a"), "--commit", *part("b"), "--abort", *part("c"), "--commit", *part("d")]
    agency.publish(lines, compression="gzip", transactional_id=f"{agency.publisher.slug}.letters")
    agency.publish([letter("tx-last")])
    found = await titles(forwarding, agency.publisher, "tx-", 11)
    expected = [TITLE + f"tx-{name}-{number}" for name in "ac" for number in range(5)] + [TITLE + "tx-last"]
    assert sorted(found) == sorted(expected)


@pytest.mark.parametrize("topic", ["directives.inbox.v1", "directives.events.v1", "publishers.so-khac.v1"])
def test_anothers_topic_is_denied(agency: Agency, topic: str) -> None:
    answer = agency.run("publish", topic, "none", lines=["{}"])
    assert answer.returncode != 0
    assert "not authorized" in answer.stderr.lower()


def test_a_wrong_password_is_denied(agency: Agency) -> None:
    wrong = Publisher(agency.publisher.slug, agency.publisher.servers, "sai")
    answer = Agency(agency.language, wrong).run("publish", wrong.topic, "none", lines=["{}"])
    assert answer.returncode != 0
    assert "authentication failed" in answer.stderr.lower()
