"""Who is told of a deadline that was missed and stays open, when, and what ends it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest
from hypothesis import given as given_any
from hypothesis import strategies as st

from services.notifications.domain.escalation import Case, Escalated, escalate, follow, next_step, tell
from services.notifications.domain.notices import id_of
from services.notifications.escalation_worker import read_days
from shared.contracts.deadlines import DeadlineChanged, DeadlineEvent, DeadlineMissed, DeadlineWithdrawn, Proof
from shared.errors import ConfigurationError
from tests.support.notices import COMMITTEE, DIRECTIVE, DUE, FINANCE, HOME_AFFAIRS, MISSED_ID, TASK, approaching, met, missed

DAYS = (1, 3)
SOURCE = "/services/deadlines"
NOTICE = id_of((SOURCE, MISSED_ID), "deadline-missed", HOME_AFFAIRS, "inbox")
PROOF = Proof(phrase="trước ngày 16/4/2021", rule="before-day", ground="default", calendar_version="1")


def terms(**more: Any) -> dict[str, Any]:
    return {name: getattr(missed(), name) for name in DeadlineEvent.__struct_fields__} | more


def changed(why: Any = "extension-granted", *, is_open_again: bool = False, **more: Any) -> DeadlineChanged:
    return DeadlineChanged(
        **terms(**more), why=why, kind="suspended" if why == "suspended" else "fixed", proof=PROOF, fact="f-1", is_open_again=is_open_again
    )


def withdrawn(why: Any = "task-cancelled") -> DeadlineWithdrawn:
    return DeadlineWithdrawn(**terms(), why=why, fact="f-1")


def after(days: float) -> datetime:
    return DUE + timedelta(days=days)


@dataclass
class Told:
    escalated: list[Escalated]
    case: Case

    def then_told(self, *levels: tuple[int, UUID, int]) -> list[Escalated]:
        assert [(each.data.level, each.data.recipient, each.data.days_late) for each in self.escalated] == list(levels)
        return self.escalated


@dataclass
class Given:
    case: Case = field(default_factory=Case)

    def when_it_is(self, now: datetime, issuer: UUID | None = COMMITTEE) -> Told:
        escalated = escalate(self.case, DAYS, issuer, now)
        case = self.case
        for each in escalated:
            case = tell(case, each.data.notice, each.data.level)
        return Told(escalated, case)


def given(*events: DeadlineEvent, first: int = 0) -> Given:
    case = Case()
    for offset, data in enumerate(events, first):
        name = MISSED_ID if offset == first else f"e-{offset}"
        case = follow(case, offset, SOURCE, name, data)
    return Given(case)


def test_the_head_of_the_lead_unit_is_told_after_a_day_and_the_issuers_office_after_three() -> None:
    told = given(missed()).when_it_is(after(1))
    (head,) = told.then_told((1, HOME_AFFAIRS, 1))
    assert (head.notice.data.rule, head.notice.data.escalates, head.notice.data.about) == ("notice-escalated", NOTICE, str(head.id))
    assert (head.data.notice, head.notice.data.recipient, head.notice.data.task) == (NOTICE, HOME_AFFAIRS, TASK)
    assert "Kính gửi Thủ trưởng đơn vị" in head.notice.data.body
    Given(told.case).when_it_is(after(2.99)).then_told()
    (office,) = Given(told.case).when_it_is(after(3)).then_told((2, COMMITTEE, 3))
    assert office.notice.data.escalates == NOTICE
    assert "Kính gửi Văn phòng" in office.notice.data.body
    assert office.id != head.id


def test_nothing_is_told_a_moment_too_early() -> None:
    given(missed()).when_it_is(after(1) - timedelta(microseconds=1)).then_told()


def test_each_level_is_told_once() -> None:
    told = given(missed()).when_it_is(after(40))
    told.then_told((1, HOME_AFFAIRS, 40), (2, COMMITTEE, 40))
    Given(told.case).when_it_is(after(400)).then_told()
    assert next_step(told.case, DAYS) is None


def test_after_downtime_both_levels_are_told_at_once_saying_how_late_it_is() -> None:
    head, office = given(missed()).when_it_is(after(5)).then_told((1, HOME_AFFAIRS, 5), (2, COMMITTEE, 5))
    assert head.notice.data.title == office.notice.data.title == "Quá hạn 5 ngày: nhiệm vụ số 1.b"


@pytest.mark.parametrize(
    "end",
    [
        met(on_time=False), met(on_time=True, corrects=MISSED_ID), withdrawn(), withdrawn("fact-voided"), withdrawn("directive-recalled"),
        changed(due=after(10)), changed("suspended", due=None), changed("reopened", is_open_again=True),
        changed("calendar-amended", due=after(1)),
    ],
    ids=lambda end: f"{end.NAME} {getattr(end, 'why', '')}",
)  # fmt: skip
def test_what_meets_withdraws_or_moves_the_deadline_ends_it(end: DeadlineEvent) -> None:
    given(missed(), end).when_it_is(after(40)).then_told()


def test_a_task_that_is_given_to_another_unit_is_escalated_to_that_units_head() -> None:
    told = given(missed(), changed("reassigned", lead=FINANCE)).when_it_is(after(1))
    (head,) = told.then_told((1, FINANCE, 1))
    assert head.data.notice == NOTICE


def test_what_is_missed_anew_has_levels_of_its_own() -> None:
    moved = DeadlineMissed(**terms(due=after(10)), stage_at=after(10))
    told = given(missed()).when_it_is(after(1))
    again = Given(follow(follow(told.case, 1, SOURCE, "c-1", changed(due=after(10))), 2, SOURCE, "missed-2", moved))
    again.when_it_is(after(10.5)).then_told()
    (head,) = again.when_it_is(after(11)).then_told((1, HOME_AFFAIRS, 1))
    assert head.data.notice == id_of((SOURCE, "missed-2"), "deadline-missed", HOME_AFFAIRS, "inbox")


def test_the_issuers_office_is_told_once_somebody_knows_whose_it_is() -> None:
    told = given(missed()).when_it_is(after(4), issuer=None)
    told.then_told((1, HOME_AFFAIRS, 4))
    Given(told.case).when_it_is(after(4)).then_told((2, COMMITTEE, 4))


def test_with_one_number_the_head_alone_is_told() -> None:
    case = given(missed()).case
    assert [each.data.level for each in escalate(case, (2,), COMMITTEE, after(40))] == [1]


def test_reminders_and_what_was_never_missed_open_nothing() -> None:
    given(approaching(), approaching(left=1)).when_it_is(after(40)).then_told()
    given(met()).when_it_is(after(40)).then_told()


def test_what_is_told_fits_the_limits_and_is_told_of_the_directive() -> None:
    long = msgspec.structs.replace(missed(), task_number="9" * 500, content="x" * 20_000)
    for each in given(long).when_it_is(after(4)).escalated:
        assert len(each.notice.data.title) <= 500
        assert len(each.notice.data.body) < 10_000
        assert each.notice.key == str(DIRECTIVE)


EVENTS = st.sampled_from([
    missed(), met(on_time=False), changed(due=after(6)), changed("reassigned", lead=FINANCE), changed("suspended", due=None), withdrawn(),
    changed("reopened", is_open_again=True), approaching(), DeadlineMissed(**terms(due=after(6)), stage_at=after(6)),
])  # fmt: skip


def fold(history: Sequence[tuple[int, DeadlineEvent]], told: Sequence[tuple[UUID, int]] = ()) -> Case:
    case = Case()
    for notice, level in told:
        case = tell(case, notice, level)
    for offset, data in history:
        case = follow(case, offset, SOURCE, f"e-{offset}", data)
    return case


@given_any(st.lists(EVENTS, max_size=8), st.data())
def test_events_that_are_read_again_from_anywhere_and_in_any_batches_change_nothing(
    events: list[DeadlineEvent], data: st.DataObject
) -> None:
    history = list(enumerate(events))
    case = fold(history)
    for _ in range(data.draw(st.integers(0, 3))):
        start = data.draw(st.integers(0, len(history)))
        for offset, event in history[start:]:
            case = follow(case, offset, SOURCE, f"e-{offset}", event)
    assert case == fold(history)


@given_any(st.lists(EVENTS, max_size=8), st.permutations([(NOTICE, 1), (NOTICE, 2), (UUID(int=1), 1)]), st.integers(0, 8))
def test_what_was_told_and_what_happened_fold_to_the_same_in_any_order(
    events: list[DeadlineEvent], told: list[tuple[UUID, int]], split: int
) -> None:
    history = list(enumerate(events))
    before = fold(history, told)
    mixed = fold(history[:split])
    for notice, level in [*told, *told]:
        mixed = tell(mixed, notice, level)
    for offset, event in history[split:]:
        mixed = follow(mixed, offset, SOURCE, f"e-{offset}", event)
    assert mixed == before == msgspec.msgpack.decode(msgspec.msgpack.encode(mixed), type=Case)


@given_any(st.lists(EVENTS, max_size=8), st.lists(st.floats(0, 30), max_size=10))
def test_whenever_it_is_looked_no_level_is_told_twice_or_early_or_before_the_one_below(
    events: list[DeadlineEvent], looks: list[float]
) -> None:
    case, said = fold(list(enumerate(events))), list[tuple[UUID, int]]()
    for days in sorted(looks):
        for each in escalate(case, DAYS, COMMITTEE, after(days)):
            assert case.overdue is not None
            assert after(days) >= case.overdue.since + timedelta(days=DAYS[each.data.level - 1])
            assert each.data.level == 1 or (each.data.notice, 1) in said
            said.append((each.data.notice, each.data.level))
            case = tell(case, each.data.notice, each.data.level)
    assert len(said) == len(set(said))


@pytest.mark.parametrize(("text", "days"), [("", (1, 3)), ("2,7", (2, 7)), ("5", (5,))])
def test_days_are_read_from_the_environment(text: str, days: tuple[int, ...]) -> None:
    assert read_days({"DONDOC_ESCALATION_DAYS": text}) == days


@pytest.mark.parametrize("text", ["0,3", "3,1", "1,1", "1,2,3", "one", "1,", "-1,3"])
def test_days_that_make_no_sense_stop_the_process(text: str) -> None:
    with pytest.raises(ConfigurationError, match="DONDOC_ESCALATION_DAYS"):
        read_days({"DONDOC_ESCALATION_DAYS": text})
