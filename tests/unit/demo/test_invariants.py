"""Each invariant holds on a month that went well, and each breach is seen by the check that is there for it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from deploy.demo import invariants
from deploy.demo.evidence import Evidence
from deploy.demo.run import report
from deploy.demo.topics import DEADLINES, EVENTS, INBOX, NOTICES
from shared.contracts.deadlines import DeadlineChanged, DeadlineEvent
from shared.contracts.notifications import NoticeEscalated, NoticeFailed
from shared.envelope import event_of
from tests.support.april import COMMITTEE, DIRECTIVE, HOME_AFFAIRS
from tests.support.demo_evidence import BY_MAIL, READ, changed, good_evidence, index_of, moved, send

Spoil = Callable[[Evidence], Evidence]


def a_receipt_is_lost(evidence: Evidence) -> Evidence:
    return replace(evidence, receipts={**evidence.receipts, "0-0": "lost (404)"})


def a_fact_was_accepted_and_is_not_in_the_inbox(evidence: Evidence) -> Evidence:
    return replace(evidence, records=[each for each in evidence.records if (each.topic, each.offset) != (INBOX, 3)])


def a_version_is_left_out(evidence: Evidence) -> Evidence:
    index = index_of(evidence, EVENTS, 5)
    event = msgspec.structs.replace(evidence.records[index].event, version=99)
    return changed(evidence, index, event=event)


def a_registered_fact_was_altered(evidence: Evidence) -> Evidence:
    index = index_of(evidence, EVENTS, 5)
    return changed(evidence, index, value=evidence.records[index].value.replace(b"vn.dondoc", b"vn.DONDOC"))


def the_registrar_goes_on_from_another_head(evidence: Evidence) -> Evidence:
    return replace(evidence, heads={**evidence.heads, DIRECTIVE: (1, bytes(32))})


def a_position_is_left_out(evidence: Evidence) -> Evidence:
    return changed(evidence, index_of(evidence, NOTICES, 6), position=8)


def a_position_has_two_contents(evidence: Evidence) -> Evidence:
    again = evidence.records[index_of(evidence, NOTICES, 1)]
    return replace(evidence, records=[*evidence.records, replace(again, offset=7, value=b"{}")])


def the_journal_lacks_an_event(evidence: Evidence) -> Evidence:
    return replace(evidence, journals={key: value for key, value in evidence.journals.items() if key != (DEADLINES, 0, 2)})


def a_cause_is_not_there(evidence: Evidence) -> Evidence:
    return changed(evidence, index_of(evidence, NOTICES), cause=f"{DEADLINES}/0/9999")


def a_checkpoint_lags(evidence: Evidence) -> Evidence:
    checkpoints = {**evidence.snapshot.checkpoints, ("directives", EVENTS, 0): 1}
    return replace(evidence, snapshot=replace(evidence.snapshot, checkpoints=checkpoints))


def a_record_is_parked(evidence: Evidence) -> Evidence:
    row = {"service": "directives", "topic": EVENTS, "partition": 0, "kafka_offset": 7, "reason": "no task"}
    return replace(evidence, parked=[row])


def told_again(evidence: Evidence, part: str) -> Evidence:
    before = next(each for each in evidence.records if each.topic == DEADLINES and part in each.event.type)
    position = sum(each.topic == DEADLINES for each in evidence.records) + 1
    again = send(DEADLINES, position, msgspec.structs.replace(before.event, id="again"), before.cause)
    return replace(evidence, records=[*evidence.records, again])


def a_stage_fires_twice(evidence: Evidence) -> Evidence:
    return told_again(evidence, "missed")


def a_stage_fires_twice_with_two_instants(evidence: Evidence) -> Evidence:
    told = told_again(evidence, "missed")
    event = told.records[-1].event
    data = msgspec.structs.replace(event.data, stage_at=event.data.stage_at - timedelta(minutes=5))
    return changed(told, len(told.records) - 1, event=msgspec.structs.replace(event, data=data))


def a_stage_fires_early(evidence: Evidence) -> Evidence:
    index = next(index for index, each in enumerate(evidence.records) if "approaching" in each.event.type)
    event = evidence.records[index].event
    return changed(evidence, index, event=moved(event, event.data.stage_at - timedelta(seconds=1)))


def a_missed_deadline_is_not_told(evidence: Evidence) -> Evidence:
    return replace(evidence, records=[each for each in evidence.records if "deadline-missed" not in each.event.type])


def a_notice_is_issued_twice(evidence: Evidence) -> Evidence:
    before = evidence.records[index_of(evidence, NOTICES)]
    data = msgspec.structs.replace(before.event.data, notice=UUID(int=1))
    again = send(NOTICES, 8, msgspec.structs.replace(before.event, data=data), before.cause)
    return replace(evidence, records=[*evidence.records, again])


def a_notice_comes_twice(evidence: Evidence) -> Evidence:
    return replace(evidence, received={**evidence.received, COMMITTEE: {READ: 2}})


def a_letter_is_lost(evidence: Evidence) -> Evidence:
    return replace(evidence, mail=[])


def a_letter_comes_twice(evidence: Evidence) -> Evidence:
    return replace(evidence, mail=[*evidence.mail, *evidence.mail])


def a_letter_comes_under_another_id(evidence: Evidence) -> Evidence:
    return replace(evidence, mail=[*evidence.mail, msgspec.structs.replace(evidence.mail[0], message_id="<another@a.example>")])


def a_webhook_tells_of_what_kafka_does_not_hold(evidence: Evidence) -> Evidence:
    records = [each for each in evidence.records if getattr(each.event.data, "channel", "") != "webhook"]
    return replace(evidence, records=records)


def a_signature_is_wrong(evidence: Evidence) -> Evidence:
    return replace(evidence, webhooks=[msgspec.structs.replace(evidence.webhooks[0], is_verified=False, why="No matching signature found")])


def a_delivery_is_not_told(evidence: Evidence) -> Evidence:
    return replace(evidence, records=[each for each in evidence.records if "notice-delivered" not in each.event.type])


def a_notice_was_given_up(evidence: Evidence) -> Evidence:
    data = NoticeFailed(
        notice=UUID(BY_MAIL), recipient=HOME_AFFAIRS, directive=DIRECTIVE, channel="mail", attempts=10, outcome="unknown", reason="cut off"
    )
    event = event_of(data, id="failed", source="/services/notifications", subject=BY_MAIL, key=str(DIRECTIVE))
    return replace(evidence, records=[*evidence.records, send(NOTICES, 8, event, "command/3")])


def level_told(evidence: Evidence, *days: float) -> Evidence:
    """Return the evidence with a level that was told so many days after the deadline, once for each."""
    missed = next(each.event.data for each in evidence.records if "deadline-missed" in each.event.type)
    records = list(evidence.records)
    for number, late in enumerate(days):
        data = NoticeEscalated(
            notice=UUID(READ), deadline=missed.deadline, task=missed.task, directive=DIRECTIVE, recipient=COMMITTEE, level=1,
            days_late=int(late),
        )  # fmt: skip
        event = event_of(data, id=f"escalated {number}", source="/services/notifications", subject=READ, key=str(DIRECTIVE))
        records.append(send(NOTICES, 8 + number, moved(event, missed.due + timedelta(days=late)), "timer/1"))
    return replace(evidence, records=records)


def a_level_is_told_early(evidence: Evidence) -> Evidence:
    return level_told(evidence, 23 / 24)


def a_level_is_told_on_two_days(evidence: Evidence) -> Evidence:
    return level_told(evidence, 1, 2)


def a_level_of_nothing_that_was_missed(evidence: Evidence) -> Evidence:
    told = level_told(evidence, 1)
    return replace(told, records=[each for each in told.records if "deadline-missed" not in each.event.type])


def an_acknowledgement_is_lost(evidence: Evidence) -> Evidence:
    return replace(evidence, records=[each for each in evidence.records if "notice-acknowledged" not in each.event.type])


def the_api_says_something_else(evidence: Evidence) -> Evidence:
    first = {**evidence.tasks[0], "status": {"work": "not_started", "time": "overdue"}}
    return replace(evidence, tasks=[first, *evidence.tasks[1:]])


def a_task_is_gone_from_the_api(evidence: Evidence) -> Evidence:
    return replace(evidence, tasks=evidence.tasks[1:])


BREACHES: list[tuple[Spoil, Callable[[Evidence], invariants.Finding]]] = [
    (a_receipt_is_lost, invariants.check_receipts),
    (a_fact_was_accepted_and_is_not_in_the_inbox, invariants.check_receipts),
    (a_version_is_left_out, invariants.check_versions),
    (a_registered_fact_was_altered, invariants.check_versions),
    (the_registrar_goes_on_from_another_head, invariants.check_versions),
    (a_position_is_left_out, invariants.check_positions),
    (a_position_has_two_contents, invariants.check_positions),
    (the_journal_lacks_an_event, invariants.check_journals),
    (a_cause_is_not_there, invariants.check_causes),
    (a_checkpoint_lags, invariants.check_checkpoints),
    (a_record_is_parked, invariants.check_parked),
    (a_stage_fires_twice, invariants.check_stages),
    (a_stage_fires_twice_with_two_instants, invariants.check_stages),
    (a_stage_fires_early, invariants.check_stages),
    (a_missed_deadline_is_not_told, invariants.check_stages),
    (a_notice_is_issued_twice, invariants.check_notices),
    (a_notice_comes_twice, invariants.check_delivery),
    (an_acknowledgement_is_lost, invariants.check_delivery),
    (a_letter_is_lost, invariants.check_reached),
    (a_letter_comes_twice, invariants.check_reached),
    (a_letter_comes_under_another_id, invariants.check_reached),
    (a_webhook_tells_of_what_kafka_does_not_hold, invariants.check_reached),
    (a_signature_is_wrong, invariants.check_reached),
    (a_delivery_is_not_told, invariants.check_reached),
    (a_notice_was_given_up, invariants.check_reached),
    (a_level_is_told_early, invariants.check_stages),
    (a_level_is_told_on_two_days, invariants.check_stages),
    (a_level_of_nothing_that_was_missed, invariants.check_stages),
    (the_api_says_something_else, invariants.check_read_model),
    (a_task_is_gone_from_the_api, invariants.check_read_model),
]


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return good_evidence()


def test_every_invariant_holds_on_a_month_that_went_well(evidence: Evidence) -> None:
    assert [finding for finding in invariants.check_all(evidence) if finding.breaches] == []


def test_there_is_a_breach_for_every_check() -> None:
    assert {check for _, check in BREACHES} == set(invariants.CHECKS)


@pytest.mark.parametrize(("spoil", "check"), BREACHES, ids=lambda each: each.__name__)
def test_a_breach_is_seen_by_its_check(spoil: Spoil, check: Callable[[Evidence], invariants.Finding], evidence: Evidence) -> None:
    assert check(evidence).breaches == ()
    assert len(check(spoil(evidence)).breaches) >= 1


def test_what_a_relay_sent_twice_counts_once(evidence: Evidence) -> None:
    twice = replace(evidence.records[index_of(evidence, NOTICES, 6)], offset=7)
    again = replace(evidence, records=[*evidence.records, twice], ends={**evidence.ends, (NOTICES, 0): 8})
    findings = invariants.check_all(again)
    assert [finding for finding in findings if finding.breaches] == []
    assert "(1 sent twice)" in invariants.check_positions(again).claim


def test_a_deadline_that_was_moved_has_its_stages_anew(evidence: Evidence) -> None:
    missed = next(each for each in evidence.records if "deadline-missed" in each.event.type)
    terms = {name: getattr(missed.event.data, name) for name in DeadlineEvent.__struct_fields__}
    later = missed.event.data.due + timedelta(days=2)
    proof = next(each.event.data.proof for each in evidence.records if "deadline-set" in each.event.type)
    changed_to = DeadlineChanged(
        **{**terms, "due": later}, why="extension-granted", kind="granted", proof=proof, previous_due=missed.event.data.due,
        original_due=missed.event.data.due, fact="grant",
    )  # fmt: skip
    move = msgspec.structs.replace(missed.event, id="moved", type="vn.dondoc.deadline-changed.v1", data=changed_to)
    data = msgspec.structs.replace(missed.event.data, due=later, stage_at=later)
    again = moved(msgspec.structs.replace(missed.event, id="again", data=data), later)
    position = sum(each.topic == DEADLINES for each in evidence.records) + 1
    records = [*evidence.records, send(DEADLINES, position, move, "timer/2"), send(DEADLINES, position + 1, again, "timer/3")]
    told = level_told(replace(evidence, records=records), 1, 3)
    assert invariants.check_stages(told).breaches == ()


def test_the_counts_are_those_of_the_evidence(evidence: Evidence) -> None:
    assert invariants.check_receipts(evidence).claim == "13 facts answered 202 = 12 registered + 1 refused + 0 sent again"
    assert invariants.check_notices(evidence).claim == "4 notices, one for each event, rule, recipient and channel"


def test_a_broken_invariant_is_shown_and_makes_the_exit_code_one(evidence: Evidence, capsys: pytest.CaptureFixture[str]) -> None:
    assert report(invariants.check_all(evidence)) == 0
    assert "12 invariants checked, 0 broken." in capsys.readouterr().out
    assert report(invariants.check_all(a_checkpoint_lags(evidence))) == 1
    out = capsys.readouterr().out
    assert "  BROKEN  6 checkpoints" in out
    assert "directives has applied 1 of 12 records of directives.events.v1/0" in out
    assert "12 invariants checked, 1 broken." in out
