"""Events in and out of bytes."""

import hashlib
from datetime import UTC, datetime
from uuid import UUID

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts import EVENTS, FACTS, TYPES, name_of, type_of
from shared.contracts.directives import DeadlineClause, DirectiveIssued, TaskAssigned
from shared.contracts.work import PlanItem, PlanSubmitted
from shared.envelope import NO_HASH, Event, chain, content_digest, decode, encode, event_of, header
from shared.errors import InvalidMessageError

UNIT = UUID("5a3f1c58-0f3e-4f0e-9b1a-2d6c6f1f0001")
TASK = UUID("5a3f1c58-0f3e-4f0e-9b1a-2d6c6f1f0002")
KEY = "5a3f1c58-0f3e-4f0e-9b1a-2d6c6f1f0003"

LINES = st.text(st.characters(codec="utf-8"), min_size=1, max_size=80)


def task_assigned(content: str = "Xây dựng kế hoạch") -> Event:
    clause = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021")
    data = TaskAssigned(number="1.b", content=content, lead=UNIT, deliverable="plan", deadlines=(clause,))
    return event_of(data, id="t-1", source="/tests", subject=str(TASK), key=KEY)


def test_an_event_survives_bytes_and_back() -> None:
    event = task_assigned()
    assert decode(encode(event)) == event


def test_vietnamese_text_stands_in_the_bytes_as_utf_8() -> None:
    assert "Xây dựng kế hoạch".encode() in encode(task_assigned())


def test_an_event_names_its_version_of_the_specification_and_its_type() -> None:
    fields = msgspec.json.decode(encode(task_assigned()))
    assert (fields["specversion"], fields["type"]) == ("1.0", "vn.dondoc.task-assigned.v1")


@given(LINES, LINES, st.lists(LINES, max_size=5))
def test_any_text_survives(title: str, area: str, causes: list[str]) -> None:
    items = tuple(PlanItem(area=area, cause=cause) for cause in causes)
    data = PlanSubmitted(task=TASK, submitted_by=UNIT, stage="draft", title=title, items=items)
    event = event_of(data, id="p", source="/tests", subject=str(TASK), key=KEY)
    assert decode(encode(event)) == event


def test_fields_that_a_newer_sender_added_are_passed_over() -> None:
    fields = msgspec.json.decode(encode(task_assigned()))
    fields["data"]["added_later"] = {"x": 1}
    fields["addedattribute"] = "y"
    assert decode(msgspec.json.encode(fields)) == task_assigned()


@pytest.mark.parametrize(
    "value",
    [None, b"", b"not json", b"{}", b"\xff\xfe", b"[]", encode(task_assigned()).replace(b"task-assigned", b"task-invented")],
    ids=["none", "empty", "text", "no fields", "not utf-8", "array", "unknown type"],
)
def test_what_is_not_an_event_of_ours_is_an_invalid_message(value: bytes | None) -> None:
    with pytest.raises(InvalidMessageError):
        decode(value)


def test_the_digest_does_not_depend_on_the_order_of_fields_or_the_time_of_receipt() -> None:
    event = task_assigned()
    fields = msgspec.json.decode(encode(event))
    shuffled = decode(msgspec.json.encode(dict(reversed(fields.items()))))
    received = msgspec.structs.replace(event, receivedtime=datetime(2021, 4, 2, tzinfo=UTC), publisher="p")
    assert content_digest(shuffled) == content_digest(event) == content_digest(received)


def test_the_digest_depends_on_every_word() -> None:
    assert content_digest(task_assigned("a")) != content_digest(task_assigned("b"))


def test_a_hash_chains_to_the_one_before() -> None:
    first = chain(NO_HASH, b"one")
    assert first == hashlib.sha256(bytes(32) + b"one").digest()
    assert chain(first, b"two") == hashlib.sha256(first + b"two").digest()


def test_a_header_that_is_not_there_is_none() -> None:
    assert header([("cause", b"x")], "position") is None
    assert header([("cause", b"x")], "cause") == b"x"


def test_every_contract_has_a_type_and_a_name_of_its_own() -> None:
    assert len(TYPES) == len(FACTS) + len(EVENTS)
    for contract in (*FACTS, *EVENTS):
        assert TYPES[type_of(contract)] is contract
        assert name_of(type_of(contract)) == contract.NAME


@pytest.mark.parametrize("number", [0, 2_147_483_648])
def test_a_number_that_no_reader_could_store_is_an_invalid_message(number: int) -> None:
    data = DirectiveIssued(key="k", issuer=UNIT, subject="V/v", document_type="CV", symbol="UBND-NC", number=number)
    event = event_of(data, id="d", source="/tests", subject=KEY, key=KEY)
    with pytest.raises(InvalidMessageError, match="number"):
        decode(encode(event))


@pytest.mark.parametrize("opening", [b"[", b'{"a":'])
def test_what_is_nested_without_end_is_invalid_and_breaks_nothing(opening: bytes) -> None:
    for value in (opening * 200_000, b'{"type":"x","data":' + opening * 200_000):
        with pytest.raises(InvalidMessageError):
            decode(value)
