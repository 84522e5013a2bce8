"""The checker of `make chaos` finds nothing in a good run, and finds every kind of wrong that is planted into one."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from deploy.chaos.checking import check
from deploy.chaos.checking.office import stage_at
from deploy.chaos.evidence import DEADLINES, EVENTS, INBOX, NOTICES, VERDICTS, Checkpoint, Evidence, Kind, Message, Parked, Receipt, instant
from tests.support.chaos_evidence import (
    COMMITTEE,
    DIRECTIVE,
    DUE,
    LEAD,
    MONDAY,
    PLAN_DEADLINE,
    RECEIVED,
    REPORT_DEADLINE,
    SATURDAY,
    SUBMITTED,
    TASK,
    Story,
    good_story,
    real_at,
)

Plant = Callable[[Story], None]
ESCALATED = f"escalated/{REPORT_DEADLINE}/1"


def log(story: Story, topic: str) -> list[Message]:
    return story.evidence.topics[topic]


def index_of(story: Story, topic: str, event: str) -> int:
    return next(index for index, each in enumerate(log(story, topic)) if each.id == event)


def change(story: Story, topic: str, name: str, **fields: Any) -> None:
    index = index_of(story, topic, name)
    log(story, topic)[index] = replace(log(story, topic)[index], **fields)


def change_data(story: Story, topic: str, name: str, **fields: Any) -> None:
    message = log(story, topic)[index_of(story, topic, name)]
    change(story, topic, name, event={**message.event, "data": {**message.data, **fields}})


def drop(story: Story, topic: str, event: str) -> None:
    """Take an event out of its topic and its journal."""
    message = log(story, topic).pop(index_of(story, topic, event))
    del story.evidence.journals[topic][0, message.position]


def forget_verdict(story: Story) -> None:
    del story.evidence.receipts[story.evidence.accepted[4].place]


def lose_answered_fact(story: Story) -> None:
    log(story, INBOX).pop()


def lose_from_topic(story: Story) -> None:
    log(story, EVENTS).pop(index_of(story, EVENTS, "f-plan"))


def lose_from_topic_and_journal(story: Story) -> None:
    drop(story, EVENTS, "f-plan")


def refuse_what_was_right(story: Story) -> None:
    story.evidence.accepted[3] = replace(story.evidence.accepted[3], expected="registered")


def lose_row(story: Story) -> None:
    story.evidence.tables["fact"].pop()


def lose_update(story: Story) -> None:
    story.evidence.tables["task"] = [(TASK, "not_started", *[None] * 6)]


def lose_warning(story: Story) -> None:
    story.evidence.tables["task_deadline"][1] = (REPORT_DEADLINE, instant(DUE), None, instant(DUE), None, None, None)


def park(story: Story) -> None:
    story.evidence.parked.append(Parked("directives", f"{EVENTS}/0/3", "a word"))


def stop_short(story: Story) -> None:
    story.evidence.checkpoints["deadlines", EVENTS, 0] = Checkpoint(3, 3)


def never_begin(story: Story) -> None:
    del story.evidence.checkpoints["notifications", DEADLINES, 0]


def forget_to_set(story: Story) -> None:
    drop(story, DEADLINES, f"deadline-set/{REPORT_DEADLINE}/")


def forget_notice(story: Story) -> None:
    drop(story, NOTICES, next(each.id for each in log(story, NOTICES) if each.data.get("rule") == "deadline-missed"))


def escalate_twice(story: Story) -> None:
    story.escalate(REPORT_DEADLINE, 1, LEAD, SATURDAY)


def escalate_early(story: Story) -> None:
    change(story, NOTICES, ESCALATED, event={**log(story, NOTICES)[index_of(story, NOTICES, ESCALATED)].event, "time": DUE})


def escalate_to_a_stranger(story: Story) -> None:
    change_data(story, NOTICES, ESCALATED, recipient=COMMITTEE)


def escalate_what_was_met(story: Story) -> None:
    story.escalate(PLAN_DEADLINE, 1, LEAD, SATURDAY)


def escalate_what_is_nothing(story: Story) -> None:
    story.escalate("dl-nobody", 1, LEAD, SATURDAY)


def never_escalate(story: Story) -> None:
    drop(story, NOTICES, ESCALATED)


def hide_notice(story: Story) -> None:
    story.evidence.tables["notice"].pop()


def punch_journal(story: Story) -> None:
    del story.evidence.journals[EVENTS][0, 2]


def register_twice(story: Story) -> None:
    story.register("f-plan", "plan-submitted", DIRECTIVE, "p-1", SUBMITTED, "directives.inbox.v1/0/99")


def give_version_twice(story: Story) -> None:
    story.versions[DIRECTIVE] -= 1
    register_twice(story)


def judge_twice(story: Story) -> None:
    message = log(story, EVENTS)[-1]
    refusal = {"id": "v-again", "type": "vn.dondoc.fact-refused.v1", "data": {"code": "malformed"}}
    story.put(VERDICTS, {**message.event, **refusal}, message.stamped_at, message.cause)


def say_of_plan(story: Story, *names: str) -> None:
    """Say something of the fact that handed in the plan, in this order."""
    message = log(story, EVENTS)[index_of(story, EVENTS, "f-plan")]
    for name in names:
        said = {"id": f"v-{name}", "type": f"vn.dondoc.{name}.v1", "data": {"fact_id": "f-plan"}}
        story.put(VERDICTS, {**message.event, **said}, message.stamped_at, message.cause)


def release_what_never_waited(story: Story) -> None:
    say_of_plan(story, "fact-released")


def release_before_it_waits(story: Story) -> None:
    say_of_plan(story, "fact-released", "fact-waiting")


def release_twice(story: Story) -> None:
    say_of_plan(story, "fact-waiting", "fact-released", "fact-released")


def register_without_a_release(story: Story) -> None:
    say_of_plan(story, "fact-waiting")


def let_wait_what_was_right(story: Story) -> None:
    say_of_plan(story, "fact-waiting", "fact-released")


def leave_waiting(story: Story) -> None:
    say_of_plan(story, "fact-waiting")
    drop(story, EVENTS, "f-plan")


def tell_another_receipt(story: Story) -> None:
    story.evidence.receipts[story.evidence.accepted[4].place] = Receipt("waiting")


def register_what_was_wrong(story: Story) -> None:
    story.evidence.accepted[1] = replace(story.evidence.accepted[1], expected="refused")


def fire_twice(story: Story) -> None:
    story.say("deadline-approaching", REPORT_DEADLINE, DUE, working_days_left=3, stage_at=MONDAY)


def fire_after_met(story: Story) -> None:
    story.say("deadline-missed", PLAN_DEADLINE, DUE, stage_at=DUE)


def meet_twice(story: Story) -> None:
    story.say("deadline-met", PLAN_DEADLINE, DUE, met_at=RECEIVED, on_time=True, fact="f-plan")


def set_twice(story: Story) -> None:
    story.say("deadline-set", REPORT_DEADLINE, DUE)


def set_what_does_not_come_back_again(story: Story) -> None:
    story.say("deadline-set", "dl-report-2", DUE, series=REPORT_DEADLINE, occurrence=2)


def set_a_later_occurrence_to_a_wrong_instant(story: Story) -> None:
    story.say("deadline-set", "dl-report-2", DUE, series=REPORT_DEADLINE, occurrence=2, due="2021-05-16T00:00:00+07:00")


def notify_twice(story: Story) -> None:
    story.notify("f-assigned", "task-assigned", LEAD)


def notify_a_stranger(story: Story) -> None:
    story.notify("f-assigned", "task-assigned", COMMITTEE)


def use_position_twice(story: Story) -> None:
    log(story, EVENTS).append(replace(log(story, EVENTS)[0], offset=9, value=b"{}"))


def send_uncommitted(story: Story) -> None:
    del story.evidence.journals[NOTICES][0, len(log(story, NOTICES))]


def keep_row_of_nothing(story: Story) -> None:
    story.evidence.tables["report"] = [("r-9", instant(RECEIVED), instant(RECEIVED))]


def swap_positions(story: Story) -> None:
    messages = log(story, EVENTS)
    messages[1], messages[2] = messages[2], messages[1]


def break_chain(story: Story) -> None:
    change(story, EVENTS, "f-assigned", hash="ab" * 32)


def invert_acknowledged(story: Story) -> None:
    numbers = {"f-issued": 2, "f-assigned": 1}
    story.evidence.accepted = [replace(each, sequence=numbers.get(each.fact, each.sequence)) for each in story.evidence.accepted]


def fire_before_instant(story: Story) -> None:
    message = log(story, DEADLINES)[index_of(story, DEADLINES, f"deadline-missed/{REPORT_DEADLINE}/")]
    change(story, DEADLINES, message.id, event={**message.event, "time": "2021-04-15T23:59:59+07:00"})


def fire_before_the_clock_moved(story: Story) -> None:
    change(story, DEADLINES, f"deadline-missed/{REPORT_DEADLINE}/", stamped_at=real_at(DUE) - timedelta(milliseconds=50))


def warn_a_day_ahead(story: Story) -> None:
    change_data(story, DEADLINES, f"deadline-approaching/{REPORT_DEADLINE}/3", stage_at="2021-04-11T00:00:00+07:00")


def set_too_early(story: Story) -> None:
    change_data(story, DEADLINES, f"deadline-set/{REPORT_DEADLINE}/", due="2021-04-15T00:00:00+07:00")


def set_too_late(story: Story) -> None:
    change_data(story, DEADLINES, f"deadline-set/{REPORT_DEADLINE}/", due="2021-04-17T00:00:00+07:00")


def never_fire(story: Story) -> None:
    drop(story, DEADLINES, f"deadline-missed/{REPORT_DEADLINE}/")


def never_tell_the_meeting(story: Story) -> None:
    drop(story, DEADLINES, f"deadline-met/{PLAN_DEADLINE}/")


def call_good_work_late(story: Story) -> None:
    change_data(story, DEADLINES, f"deadline-met/{PLAN_DEADLINE}/", on_time=False)


def leave_a_miss_uncorrected(story: Story) -> None:
    messages = log(story, DEADLINES)
    met = messages.pop(index_of(story, DEADLINES, f"deadline-met/{PLAN_DEADLINE}/"))
    story.say("deadline-missed", PLAN_DEADLINE, DUE, stage_at=DUE)
    messages.append(replace(met, offset=99, position=99))


PLANTS: tuple[tuple[Plant, Kind, str], ...] = (
    (forget_verdict, "lost", "f-plan at directives.inbox.v1/0/4 has no verdict"),
    (lose_answered_fact, "lost", "f-assigned was answered with 202 but is not at"),
    (lose_from_topic, "lost", "position 4 of the journal is missing"),
    (lose_from_topic_and_journal, "lost", "f-plan of d-1 at directives.inbox.v1/0/4 is neither registered nor refused"),
    (refuse_what_was_right, "lost", "f-stray of d-1 at directives.inbox.v1/0/3 was refused (task-unknown), not registered"),
    (lose_row, "lost", "fact ('d-1', 3) is in the topic, but not in the read model"),
    (lose_update, "lost", "task t-1 is ('not_started'"),
    (lose_warning, "lost", "task_deadline dl-report is"),
    (park, "lost", "directives parked directives.events.v1/0/3"),
    (stop_short, "lost", "deadlines has applied directives.events.v1/0 up to 3, its end is 4"),
    (never_begin, "lost", "notifications has applied deadlines.events.v1/0 up to None"),
    (forget_to_set, "lost", "deadline 'báo cáo' of task t-1 was set 0 times"),
    (forget_notice, "lost", "notice deadline-missed of event deadline-missed/dl-report/ to unit u-lead was never issued"),
    (hide_notice, "lost", "is in no inbox"),
    (punch_journal, "lost", "the journal of directives.events.v1/0 has no position 2"),
    (register_twice, "doubled", "fact f-plan is registered twice"),
    (give_version_twice, "doubled", "version 3 of d-1 stands twice"),
    (judge_twice, "doubled", "directives.inbox.v1/0/4 has 2 verdicts"),
    (register_what_was_wrong, "doubled", "f-issued of d-1 at directives.inbox.v1/0/1 was registered, not refused"),
    (release_what_never_waited, "lost", "directives.inbox.v1/0/4 was released, but nothing says that it waited"),
    (release_before_it_waits, "reordered", "directives.inbox.v1/0/4 was released before it waited"),
    (release_twice, "doubled", "directives.inbox.v1/0/4 was released 2 times"),
    (register_without_a_release, "lost", "directives.inbox.v1/0/4 has waited; it was registered, released 0"),
    (let_wait_what_was_right, "lost", "f-plan of d-1 at directives.inbox.v1/0/4 was released, not registered"),
    (leave_waiting, "lost", "f-plan of d-1 at directives.inbox.v1/0/4 was waiting, not registered"),
    (tell_another_receipt, "lost", "the receipt of directives.inbox.v1/0/4 says waiting, its events registered"),
    (fire_twice, "doubled", "deadline-approaching 3 of deadline dl-report fired 2 times"),
    (fire_after_met, "doubled", "fired although deadline dl-plan was met"),
    (meet_twice, "doubled", "deadline dl-plan was met twice"),
    (set_twice, "doubled", "deadline 'báo cáo' of task t-1 was set 2 times"),
    (set_what_does_not_come_back_again, "doubled", "deadline 'báo cáo' of task t-1 was set 2 times"),
    (set_a_later_occurrence_to_a_wrong_instant, "missed", "deadline dl-report-2 was set to 2021-05-16"),
    (notify_twice, "doubled", "notice task-assigned of event f-assigned to unit u-lead was issued 2 times"),
    (escalate_twice, "doubled", "level 1 of deadline dl-report was told 2 times"),
    (escalate_to_a_stranger, "doubled", "tells u-committee, whom level 1 does not concern"),
    (escalate_what_was_met, "doubled", "escalates deadline dl-plan, which was not missed"),
    (escalate_what_is_nothing, "doubled", "deadline dl-nobody was escalated, but nothing was said of it"),
    (escalate_early, "early", "level 1 of deadline dl-report was told at 2021-04-16"),
    (never_escalate, "missed", "level 1 of deadline dl-report was never told"),
    (notify_a_stranger, "doubled", "to unit u-committee was issued, but nothing calls for it"),
    (use_position_twice, "doubled", "are two events with position 1"),
    (send_uncommitted, "doubled", "is not in the journal"),
    (keep_row_of_nothing, "doubled", "report r-9 is in the read model, but not in the topic"),
    (swap_positions, "reordered", "has position 2 after 3"),
    (swap_positions, "reordered", "version 1 of d-1 comes after 2"),
    (break_chain, "reordered", "the hash chain of d-1 breaks at version 2"),
    (invert_acknowledged, "reordered", "fact f-issued (sent as 2) before f-assigned (sent as 1)"),
    (fire_before_instant, "early", "deadline-missed of deadline dl-report fired at 2021-04-15 23:59:59"),
    (fire_before_the_clock_moved, "early", "clock 2021-04-14"),
    (warn_a_day_ahead, "early", "names 2021-04-11T00:00:00+07:00 as its instant"),
    (set_too_early, "early", "deadline dl-report was set to 2021-04-15"),
    (set_too_late, "missed", "deadline dl-report was set to 2021-04-17"),
    (never_fire, "missed", "deadline dl-report passed at 2021-04-16 00:00:00+07:00, and neither met nor missed was told"),
    (never_tell_the_meeting, "missed", "deadline dl-plan passed at"),
    (call_good_work_late, "missed", "deadline dl-plan was met on time by fact f-plan, which was never told"),
    (leave_a_miss_uncorrected, "missed", "does not correct deadline-missed/dl-plan/"),
)


def found(evidence: Evidence) -> list[tuple[str, str]]:
    return [(finding.kind, finding.what) for finding in check(evidence)]


def test_nothing_is_found_in_a_run_that_went_well() -> None:
    assert found(good_story().evidence) == []


@pytest.mark.parametrize(("plant", "kind", "what"), PLANTS, ids=lambda each: getattr(each, "__name__", ""))
def test_each_planted_anomaly_is_found(plant: Plant, kind: Kind, what: str) -> None:
    story = good_story()
    plant(story)
    assert [text for name, text in found(story.evidence) if name == kind and what in text]


def settle_verdicts(story: Story) -> None:
    """Move the end of the verdicts' topic to where it is now."""
    story.evidence.ends[VERDICTS, 0] = len(log(story, VERDICTS))


def test_a_fact_that_waited_and_was_released_is_no_anomaly() -> None:
    story = good_story()
    say_of_plan(story, "fact-waiting", "fact-waiting", "fact-released")
    settle_verdicts(story)
    story.evidence.accepted[4] = replace(story.evidence.accepted[4], expected="released")
    assert found(story.evidence) == []


def test_a_fact_that_waited_in_vain_is_no_anomaly() -> None:
    story = good_story()
    stray = log(story, VERDICTS)[0]
    waiting = {"id": "v-waiting", "type": "vn.dondoc.fact-waiting.v1", "data": {"fact_id": "f-stray"}}
    story.put(VERDICTS, {**stray.event, **waiting}, stray.stamped_at, stray.cause)
    change(story, VERDICTS, stray.id, event={**stray.event, "type": "vn.dondoc.fact-expired.v1"})
    settle_verdicts(story)
    assert found(story.evidence) == []


def test_what_a_relay_sent_twice_is_no_anomaly() -> None:
    story = good_story()
    for topic in (EVENTS, DEADLINES, NOTICES):
        again = [replace(each, offset=each.offset + 2) for each in log(story, topic)[-2:]]
        log(story, topic).extend(again)
        for schema, name, partition in list(story.evidence.checkpoints):
            if name == topic:
                story.evidence.checkpoints[schema, name, partition] = Checkpoint(len(log(story, topic)), len(log(story, topic)) - 2)
        story.evidence.ends[topic, 0] = len(log(story, topic))
    assert found(story.evidence) == []


def test_a_miss_that_is_corrected_is_no_anomaly() -> None:
    story = good_story()
    drop(story, DEADLINES, f"deadline-met/{PLAN_DEADLINE}/")
    story.say("deadline-missed", PLAN_DEADLINE, DUE, stage_at=DUE)
    missed = log(story, DEADLINES)[-1].id
    story.say("deadline-met", PLAN_DEADLINE, DUE, met_at=RECEIVED, on_time=True, fact="f-plan", corrects=missed)
    assert not [what for kind, what in found(story.evidence) if kind in ("missed", "early") or "correct" in what]


def test_a_duplicate_whose_original_has_no_verdict_is_lost() -> None:
    story = good_story()
    story.evidence.receipts[story.evidence.accepted[-1].place] = Receipt("duplicate", (0, 77))
    assert ("lost", "fact f-assigned of d-1 at directives.inbox.v1/0/5 is neither registered nor refused") in found(story.evidence)


@pytest.mark.parametrize(
    ("due", "days", "begins"),
    [
        ("2021-04-16T00:00:00+07:00", 3, "2021-04-12T00:00:00+07:00"),
        ("2021-04-23T00:00:00+07:00", 3, "2021-04-16T00:00:00+07:00"),
        ("2021-05-05T00:00:00+07:00", 1, "2021-04-29T00:00:00+07:00"),
        ("2021-04-15T17:00:00+07:00", 1, "2021-04-14T00:00:00+07:00"),
    ],
)
def test_a_stage_begins_whole_working_days_ahead(due: str, days: int, begins: str) -> None:
    assert stage_at(datetime.fromisoformat(due), days) == datetime.fromisoformat(begins)
