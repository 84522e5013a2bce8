"""What a reader saw during the faults must be what the topics hold, and agencies must find their verdicts: planted breaks are found."""

import json
from datetime import UTC, datetime

import pytest

from deploy.chaos.checking.own_verdicts import check_own_verdicts
from deploy.chaos.checking.witnessed import check_witnessed
from deploy.chaos.evidence import EVENTS, INBOX, Accepted, Evidence, Message, Outcome, Receipt, digest

AT = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)
OWN = "publishers.so-a.verdicts.v1"
ORIGIN = "publishers.so-a.v1/0/7"


def message(topic: str, offset: int, value: bytes = b"{}", **more: object) -> Message:
    return Message(topic, 0, offset, AT, value, json.loads(value), **more)  # type: ignore[arg-type]


def seen(*offsets: int, **topic: bytes) -> Evidence:
    evidence = Evidence(topics={EVENTS: [message(EVENTS, offset, b"%d" % offset) for offset in (0, 1, 3)]})
    evidence.witnessed[EVENTS, 0] = [(offset, topic.get("value", digest(b"%d" % offset))) for offset in offsets]
    return evidence


@pytest.mark.parametrize("offsets", [(0, 1, 3), (0, 1), ()], ids=["all", "not to the end", "nothing"])
def test_a_reader_who_saw_a_part_from_the_beginning_saw_well(offsets: tuple[int, ...]) -> None:
    assert list(check_witnessed(seen(*offsets))) == []


@pytest.mark.parametrize(
    ("evidence", "kind", "what"),
    [
        (seen(0, 1, 2), "lost", "0/2 was read during the run and is gone"),
        (seen(0, value=digest(b"x")), "lost", "0/0 was read during the run with other content"),
        (seen(0, 3), "lost", "0/1 was skipped"),
        (seen(0, 1, 0), "reordered", "was given offset 0 after 1"),
        (seen(0, 1, 1), "reordered", "was given offset 1 after 1"),
    ],
    ids=["vanished", "changed", "skipped", "back", "again"],
)
def test_what_a_reader_should_not_have_seen_is_found(evidence: Evidence, kind: str, what: str) -> None:
    (finding,) = check_witnessed(evidence)
    assert finding.kind == kind
    assert what in finding.what


def told(*names: str, expected: Outcome = "registered", place: int = 4, origin: str = ORIGIN) -> Evidence:
    """Return evidence of a fact that an agency sent, which is at 0/4 of the inbox, and of what its own topic says of it."""
    evidence = Evidence(accepted=[Accepted("f-1", "k", 1, (0, place), expected, ORIGIN)])
    evidence.topics[INBOX] = [message(INBOX, 4, origin=origin), message(INBOX, 5, origin=ORIGIN)]
    evidence.receipts = {(0, 4): Receipt("registered"), (0, 5): Receipt("duplicate", (0, 4))}
    evidence.topics[OWN] = [
        message(OWN, offset, json.dumps({"type": f"vn.dondoc.{name}.v1"}).encode(), position=offset + 1, cause=f"{INBOX}/0/4")
        for offset, name in enumerate(names)
    ]
    return evidence


@pytest.mark.parametrize(
    "evidence",
    [
        told("fact-registered"),
        told("fact-waiting", "fact-released", "fact-registered", expected="released"),
        told("fact-refused", expected="refused"),
        told("fact-waiting", "fact-expired", expected="refused"),
        told("fact-registered", place=5),
    ],
    ids=["registered", "released", "refused", "expired", "sent twice"],
)
def test_an_agency_that_finds_its_one_verdict_is_served_well(evidence: Evidence) -> None:
    assert list(check_own_verdicts(evidence)) == []


@pytest.mark.parametrize(
    ("evidence", "kind"),
    [
        (told(), "lost"),
        (told("fact-waiting"), "lost"),
        (told("fact-refused"), "lost"),
        (told("fact-registered", "fact-registered"), "doubled"),
        (told("fact-registered", "fact-refused"), "doubled"),
    ],
    ids=["nothing", "only waits", "another", "twice", "both"],
)
def test_a_verdict_that_is_missing_doubled_or_another_is_found(evidence: Evidence, kind: str) -> None:
    assert [finding.kind for finding in check_own_verdicts(evidence)] == [kind]


def test_a_verdict_on_another_publisher_s_fact_is_found() -> None:
    evidence = told("fact-registered", origin="publishers.so-b.v1/0/7")
    evidence.accepted.clear()
    (finding,) = check_own_verdicts(evidence)
    assert "is not this agency's" in finding.what
