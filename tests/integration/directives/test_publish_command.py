"""`dondoc publish` and the client behind it, over Kafka, through forwarder and registrar as they are deployed, and back."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deploy.local.requirements import root
from deploy.local.stack import Stack
from services.publish_command import read_events
from services.publishers_command import TYPES
from services.publishing import Office, Wanted
from shared.broker import sign_in_at
from shared.environment import Environment
from shared.errors import ConfigurationError
from shared.kafka_client import KafkaClient

PUBLISHER = "so-gui-tin"
SAMPLES = root() / "samples" / "publishing"
DONDOC = Path(sys.executable).with_name("dondoc")


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Return the address at which a publisher signs in at Kafka, with forwarder and registrar behind."""
    with Stack(services=["registrar", "forwarder"]) as stack:
        stack.wait_ready()
        password = asyncio.run(_authorise(stack))
        yield sign_in_at(stack.infrastructure.kafka.agencies, PUBLISHER, password, kind="scram")


async def _authorise(stack: Stack) -> str:
    environment = Environment.read(stack.processes["registrar"].launch.environment or {})
    async with Office.opened(environment, 1) as office:
        await office.make_topics(PUBLISHER)
        wanted = Wanted(PUBLISHER, "Sở Gửi tin", (), all_units=True, types=tuple(TYPES), valid_from=None, valid_until=None)
        await office.authorise(wanted, over_kafka=True)
        return await office.grant(PUBLISHER)


def sample(name: str) -> list[dict[str, Any]]:
    return read_events((SAMPLES / name).read_bytes())


def test_facts_go_out_over_kafka_and_verdicts_come_back(address: str) -> None:
    with KafkaClient(address) as client:
        units = client.publish(sample("units.jsonl"), wait=90)
        assert [(each.id, each.status, each.version) for each in units] == [
            ("don-vi-H99", "registered", 1),
            ("don-vi-H99.5", "registered", 1),
            ("don-vi-H99.1", "registered", 1),
        ]
        waiting, junk = client.publish([*sample("task.json"), {**sample("task.json")[0], "id": "hỏng", "data": {}}], wait=60)
    assert waiting.status == "waiting"
    assert (junk.status, junk.is_refused) == ("refused", True)
    assert junk.refusal is not None
    assert junk.refusal.reason_vi


def test_without_waiting_only_the_place_is_told(address: str) -> None:
    with KafkaClient(address) as client:
        (outcome,) = client.publish(sample("refused.json"))
    assert outcome.status == "received"
    assert outcome.receipt is not None
    assert outcome.receipt.startswith(f"publishers.{PUBLISHER}.v1/")


def test_the_command_ends_with_1_and_the_reasons_where_a_fact_is_refused(address: str) -> None:
    event = b'{"specversion":"1.0","id":"l\xe1\xba\xa1","source":"/nam-son","type":"vn.dondoc.task-received.v1"}\n'
    done = subprocess.run(
        [DONDOC, "publish", "--kafka", address, "--wait", "60", "-"], input=event, capture_output=True, timeout=150, check=False
    )
    assert done.returncode == 1, done.stderr
    assert "lạ  refused" in done.stdout.decode()
    assert "malformed" in done.stderr.decode()
    assert address.partition("@")[0] not in done.stderr.decode() + done.stdout.decode()


def test_an_address_without_a_user_is_told_to_be_wrong() -> None:
    with pytest.raises(ConfigurationError, match="publisher:password"):
        KafkaClient("127.0.0.1:1")


def test_a_line_that_is_no_event_is_named() -> None:
    with pytest.raises(ConfigurationError, match="line 2"):
        read_events(b'{"id":"1"}\nkh\xc3\xb4ng\n')


@pytest.mark.parametrize("content", [b'[{"id":"1"},{"id":"2"}]', b'{"id":"1"}\n\n{"id":"2"}\n', b' [\n{"id":"1"},\n{"id":"2"}]\n'])
def test_events_are_read_from_lines_and_from_an_array(content: bytes) -> None:
    assert [event["id"] for event in read_events(content)] == ["1", "2"]


def test_one_event_alone_may_be_written_over_several_lines() -> None:
    assert read_events(b'{\n  "id": "1"\n}\n') == [{"id": "1"}]
