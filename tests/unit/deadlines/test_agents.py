"""Records become facts and tellings, or are refused with what is wrong with them."""

from dataclasses import replace

import msgspec
import pytest

from services.deadlines.agents import facts_of, telling_of
from services.deadlines.handlers import FACTS, TOPIC
from shared.envelope import Event, encode, event_of
from shared.errors import InvalidMessageError
from tests.support.deadline_office import D1, T1, assigned, vn
from tests.support.lives import DEADLINE_ID, set_event
from tests.support.records import FakeRecord, record

TASK_ASSIGNED = assigned(received=vn(5))
DEADLINE_SET = msgspec.structs.replace(
    event_of(set_event(), id="e1", source="/services/deadlines", subject=str(DEADLINE_ID), key=str(D1), time=vn(5)), registeredtime=vn(6)
)


def said(event: Event, cause: bytes = b"directives.events.v1/0/7") -> FakeRecord:
    return replace(record(TOPIC, 0, 0, event), headers=(("position", b"1"), ("cause", cause)))


def test_a_fact_knows_its_directive_its_subject_and_its_record() -> None:
    [fact] = facts_of([record(FACTS, 3, 41, TASK_ASSIGNED)])
    assert (fact.key, fact.subject, fact.version, fact.cause) == (D1, T1, 2, "directives.events.v1/3/41")
    assert (fact.received_at, fact.registered_at) == (vn(5), vn(5))


@pytest.mark.parametrize("attribute", ["version", "receivedtime", "registeredtime"])
def test_what_the_registrar_did_not_stamp_is_no_fact(attribute: str) -> None:
    with pytest.raises(InvalidMessageError, match="not from the registrar"):
        facts_of([record(FACTS, 0, 0, msgspec.structs.replace(TASK_ASSIGNED, **{attribute: None}))])


@pytest.mark.parametrize("attribute", ["partitionkey", "subject"])
def test_ids_that_are_no_uuids_are_named(attribute: str) -> None:
    with pytest.raises(InvalidMessageError, match=attribute):
        facts_of([record(FACTS, 0, 0, msgspec.structs.replace(TASK_ASSIGNED, **{attribute: "D1"}))])


def test_events_of_no_concern_are_passed_over() -> None:
    assert facts_of([said(DEADLINE_SET)]) == []


def test_what_was_said_comes_back_with_its_cause_and_instants() -> None:
    telling = telling_of(said(DEADLINE_SET))
    assert (telling.said.id, telling.said.data, telling.cause) == ("e1", set_event(), "directives.events.v1/0/7")
    assert (telling.said.since, telling.said_at) == (vn(5), vn(6))


@pytest.mark.parametrize("attribute", ["time", "registeredtime"])
def test_what_our_relay_did_not_send_is_no_telling(attribute: str) -> None:
    with pytest.raises(InvalidMessageError, match="not from our relay"):
        telling_of(said(msgspec.structs.replace(DEADLINE_SET, **{attribute: None})))


def test_a_telling_without_its_cause_is_refused() -> None:
    with pytest.raises(InvalidMessageError, match="lacks its cause"):
        telling_of(FakeRecord(TOPIC, 0, 0, 0, b"", encode(DEADLINE_SET)))


def test_a_fact_is_no_telling() -> None:
    with pytest.raises(InvalidMessageError, match="no event of a deadline"):
        telling_of(said(TASK_ASSIGNED))
