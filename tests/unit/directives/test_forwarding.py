"""What the forwarder makes of a record, and how it keeps each publisher's pace."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.directives.forwarding import Pace
from services.directives.forwarding.reading import Forwarded, forward, publisher_of
from services.directives.raw_records import read_raw
from shared.envelope import decode, encode, header
from shared.identity.limits import Limit
from shared.streaming.runs import Headers
from shared.topics import partition_of
from tests.support import facts
from tests.support.facts import DIRECTIVE
from tests.support.records import FakeRecord

TOPIC = "publishers.so-noi-vu.v1"
AT = datetime(2021, 4, 5, 2, 0, tzinfo=UTC)
LETTER = facts.event(facts.directive(), id="1", subject=DIRECTIVE, received_at=None)
DATA = json.loads(encode(LETTER))["data"]
PARTITIONS = 12


def forwarded(value: bytes | None, headers: Headers = ()) -> Forwarded:
    return forward(FakeRecord(TOPIC, 3, 17, 0, b"any", value, tuple(headers)), AT, PARTITIONS)


def wrong_of(record: Forwarded) -> list[dict[str, str]]:
    wrong: list[dict[str, str]] = json.loads(header(record.headers, "wrong") or b"[]")
    return wrong


def test_a_fact_is_keyed_anew_and_stamped() -> None:
    record = forwarded(encode(LETTER))
    assert (record.key, record.partition) == (str(DIRECTIVE).encode(), partition_of(str(DIRECTIVE), PARTITIONS))
    event = decode(record.value)
    assert (event.publisher, event.receivedtime, event.data) == ("so-noi-vu", AT, LETTER.data)
    assert record.headers == [("origin", b"publishers.so-noi-vu.v1/3/17")]


def test_the_registrar_takes_it_for_a_fact_and_not_for_junk() -> None:
    assert read_raw(forwarded(encode(LETTER)).headers) is None


@pytest.mark.parametrize("value", [None, b"", b"x", b"[]", b"{}", b"\xff", b"[" * 100_000, b'{"type": 7}', b'{"type": []}', b"NaN"])
def test_junk_keeps_its_bytes_and_the_registrar_learns_whose_it_is(value: bytes | None) -> None:
    record = forwarded(value)
    assert record.value == value
    raw = read_raw(record.headers)
    assert raw is not None
    assert (raw.publisher, raw.received_at) == ("so-noi-vu", AT)
    assert raw.wrong


def test_at_most_20_wrong_fields_are_named() -> None:
    event = json.loads(encode(LETTER)) | {f"thua{number}": 1 for number in range(50)}
    assert len(wrong_of(forwarded(json.dumps(event).encode()))) == 20


def test_an_event_of_more_than_a_mebibyte_leaves_only_its_name() -> None:
    event = json.loads(encode(LETTER)) | {"data": DATA | {"subject": "x" * 1_100_000}}
    record = forwarded(json.dumps(event).encode())
    assert json.loads(record.value or b"") == {"id": "1", "source": LETTER.source, "type": LETTER.type}
    assert "1048576 bytes" in wrong_of(record)[0]["problem"]


@pytest.mark.parametrize("mark", ["mat", "toi-mat", "tuyet-mat"])
def test_of_a_state_secret_nothing_but_its_name_goes_on(mark: str) -> None:
    event = json.loads(encode(LETTER)) | {"data": DATA | {"security": mark, "subject": "Nội dung không được lộ"}}
    record = forwarded(json.dumps(event).encode())
    assert set(json.loads(record.value or b"")) == {"id", "source", "type"}
    assert wrong_of(record)[0]["pointer"] == "/data/security"
    assert "không được lộ" not in str(record)


def binary(**changes: Any) -> list[tuple[str, bytes]]:
    """Return the headers of a letter in binary mode."""
    attributes = {name: value for name, value in json.loads(encode(LETTER)).items() if name not in ("data", "datacontenttype")}
    return [(f"ce_{name}", value if isinstance(value, bytes) else str(value).encode()) for name, value in {**attributes, **changes}.items()]


def test_binary_mode_is_read() -> None:
    record = forwarded(json.dumps(DATA).encode(), [*binary(), ("content-type", b"application/json")])
    event = decode(record.value)
    assert (event.id, event.data, event.publisher) == ("1", LETTER.data, "so-noi-vu")


def test_a_structured_event_with_attributes_in_headers_is_read_as_structured() -> None:
    record = forwarded(encode(LETTER), [*binary(id="another"), ("content-type", b"application/cloudevents+json; charset=UTF-8")])
    assert decode(record.value).id == "1"


def test_wrong_attributes_of_binary_mode_are_named() -> None:
    assert wrong_of(forwarded(b"{}", binary(source=b"\xff")))[0]["pointer"] == "/source"
    assert wrong_of(forwarded(b"{", binary()))[0]["pointer"] == "/data"
    pointers = {each["pointer"] for each in wrong_of(forwarded(json.dumps(DATA).encode(), binary(partitionkey="không")))}
    assert pointers == {"/partitionkey"}


@given(
    st.binary(max_size=300) | st.none(), st.lists(st.tuples(st.sampled_from(["ce_specversion", "ce_id", "a", ""]), st.binary(max_size=20)))
)
def test_nothing_that_a_publisher_sends_makes_it_fail(value: bytes | None, headers: list[tuple[str, bytes]]) -> None:
    record = forwarded(value, headers)
    assert header(record.headers, "publisher") == b"so-noi-vu"
    assert 0 <= record.partition < PARTITIONS


@pytest.mark.parametrize("topic", ["directives.inbox.v1", "publishers.so.verdicts.v1", "publishers.A.v1", "publishers..v1"])
def test_only_publishers_own_topics_have_a_publisher(topic: str) -> None:
    with pytest.raises(ValueError, match="no topic of a publisher"):
        publisher_of(topic)


class Time:
    """A clock that is moved by hand."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_one_seconds_worth_of_records_passes_at_once_and_then_the_rate_counts() -> None:
    time = Time()
    pace = Pace(time)
    assert [pace.take(TOPIC, 500), pace.take(TOPIC, 500)] == [0, 0]
    assert pace.take(TOPIC, 500) == pytest.approx(0.5)
    time.now += 0.5
    assert pace.take(TOPIC, 500) == 0


def test_publishers_have_buckets_of_their_own() -> None:
    pace = Pace(Time())
    assert [pace.take(TOPIC, 1_000), pace.take("publishers.so-y-te.v1", 1_000)] == [0, 0]
    assert pace.take(TOPIC, 1) > 0


def test_a_limit_that_is_set_counts_and_a_run_larger_than_it_still_passes() -> None:
    time = Time()
    pace = Pace(time)
    pace.set_limits({"so-noi-vu": Limit(events_per_second=5)})
    assert pace.take(TOPIC, 500) == 0
    assert pace.take(TOPIC, 1) == pytest.approx(99.2)
    assert pace.rate_of("so-y-te") == 1_000


def test_of_a_state_secret_in_binary_mode_only_what_names_it_goes_on() -> None:
    attributes = [("ce_specversion", b"1.0"), ("ce_id", b"7"), ("ce_source", b"/so"), ("ce_type", LETTER.type.encode())]
    secret = json.dumps({**DATA, "security": "mat", "id": "Nội dung mật"}).encode()
    record = forwarded(secret, attributes)
    assert json.loads(record.value or b"") == {"id": "7", "source": "/so", "type": LETTER.type}
