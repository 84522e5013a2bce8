"""Whom each fact and each event of a deadline is told to, and in which words."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
import pytest

from services.notifications.domain import Happening, Knowledge, Notice, Told, notices_of
from services.notifications.domain.roll import Conference, Plan, Request, Roll, Task
from services.notifications.domain.rules import RULES
from services.notifications.domain.witness import Read, Witness
from services.notifications.texts import LINE_LIMIT, TITLE_LIMIT
from shared.contracts import Contract
from shared.contracts.deadlines import DeadlineAtRisk, DeadlineChanged, DeadlineWithdrawn, Proof
from shared.contracts.directives import DirectiveAmended, DirectiveIssued, DirectiveRecalled
from shared.contracts.extensions import ExtensionGranted, ExtensionRefused, ExtensionRequested
from shared.contracts.notifications import NoticeIssued
from shared.contracts.tasks import NewDay, TaskCancelled, TaskCompleted, TaskDeclined, TaskReassigned, TaskReopened, TaskSuspended
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceCancelled, ConferenceRescheduled, PlanReturned
from shared.envelope import decode
from shared.explained import example_of
from tests.support.notices import (
    AT,
    COMMITTEE,
    CONFERENCE,
    DIRECTIVE,
    DUE,
    FINANCE,
    HOME_AFFAIRS,
    OFFICE,
    TASK,
    assigned,
    happening,
    missed,
)

PLAN, REQUEST = UUID("b1000000-0000-5000-8000-000000000001"), UUID("f1000000-0000-5000-8000-000000000001")
ROLL = Roll(
    issuer=COMMITTEE, number=412, symbol="UBND-NC", subject="Nâng cao chỉ số", addressees=(HOME_AFFAIRS, FINANCE),
    tasks={TASK: Task("1.b", HOME_AFFAIRS, (OFFICE,))}, plans={PLAN: Plan(TASK, HOME_AFFAIRS, "Kế hoạch nâng cao chỉ số")},
    conferences={CONFERENCE: Conference("Công bố chỉ số", (TASK,), (FINANCE,), datetime(2021, 4, 28, 1, tzinfo=AT.tzinfo), "Hội trường")},
    requests={REQUEST: Request(TASK, "Gửi dự thảo", HOME_AFFAIRS, date(2021, 4, 22))},
)  # fmt: skip


def told(data: Contract, subject: UUID = TASK, before: Roll = ROLL) -> Mapping[UUID, NoticeIssued]:
    """Return who is told what when a fact is registered of this directive."""
    fact = happening(data, "fact", subject=subject)
    seen = Witness({DIRECTIVE: before}, {}).see(Read(fact, None, b""))
    return {notice.data.recipient: notice.data for notice in notices_of([seen], Knowledge({DIRECTIVE: before}))}


def terms() -> dict[str, Any]:
    return {name: getattr(missed(), name) for name in missed().__struct_fields__ if name not in ("stage_at", "late_by_seconds")} | {
        "coordinating": (OFFICE,)
    }


def changed(**more: Any) -> DeadlineChanged:
    said = {"why": "resumed", "kind": "fixed", "previous_due": None, "original_due": DUE, "fact": "fact", **more}
    proof = Proof(phrase="trước ngày 16/4/2021", rule="before-date", ground="policy", calendar_version="1")
    return DeadlineChanged(**{**terms(), **said}, proof=proof)


@pytest.mark.parametrize(
    ("data", "subject", "recipients"),
    [
        (DirectiveAmended(changes="Bổ sung khoản 3"), DIRECTIVE, {HOME_AFFAIRS, OFFICE, FINANCE}),
        (DirectiveRecalled(reason="Ban hành nhầm"), DIRECTIVE, {HOME_AFFAIRS, OFFICE, FINANCE}),
        (TaskDeclined(declined_by=HOME_AFFAIRS, reason="Không thuộc thẩm quyền"), TASK, {COMMITTEE}),
        (TaskSuspended(reason="Chờ chỉ đạo"), TASK, {HOME_AFFAIRS, OFFICE}),
        (TaskCompleted(completed_by=HOME_AFFAIRS), TASK, {COMMITTEE}),
        (TaskCancelled(reason="Không còn cần"), TASK, {HOME_AFFAIRS, OFFICE}),
        (TaskReopened(reason="Chưa đạt"), TASK, {HOME_AFFAIRS, OFFICE}),
        (PlanReturned(reasons="Thiếu giải pháp"), PLAN, {HOME_AFFAIRS}),
        (ConferenceRescheduled(rescheduled_by=OFFICE, starts_at=AT), CONFERENCE, {FINANCE, HOME_AFFAIRS}),
        (ConferenceCancelled(cancelled_by=OFFICE, reason="Hoãn"), CONFERENCE, {FINANCE, HOME_AFFAIRS}),
        (
            ExtensionRequested(
                task=TASK, name="Gửi dự thảo", requested_by=HOME_AFFAIRS, requested_day=date(2021, 4, 22), reasons="Thiếu số liệu"
            ),
            REQUEST,
            {COMMITTEE},
        ),
        (ExtensionGranted(last_good_day=date(2021, 4, 22)), REQUEST, {HOME_AFFAIRS}),
        (ExtensionRefused(reason="Đã quá hạn"), REQUEST, {HOME_AFFAIRS}),
        (changed(), TASK, {HOME_AFFAIRS, OFFICE}),
        (DeadlineAtRisk(**terms(), why="conference-after-due", fact="fact", planned_at=AT), TASK, {HOME_AFFAIRS, COMMITTEE}),
        (DeadlineWithdrawn(**terms(), why="fact-voided", fact="fact"), TASK, {HOME_AFFAIRS, OFFICE}),
    ],
    ids=lambda value: getattr(value, "NAME", ""),
)
def test_what_happened_is_told_to_those_whom_it_concerns(data: Contract, subject: UUID, recipients: set[UUID]) -> None:
    assert told(data, subject).keys() == recipients


@pytest.mark.parametrize(
    "data",
    [
        changed(why="suspended", kind="suspended", due=None, previous_due=DUE),
        changed(why="reassigned", previous_due=DUE),
        DeadlineWithdrawn(**terms(), why="task-cancelled", fact="fact"),
    ],
)
def test_a_deadline_is_not_told_of_once_more_where_the_notice_of_its_task_says_it(data: Contract) -> None:
    assert told(data) == {}


def test_of_a_granted_extension_the_lead_is_told_by_the_grant_and_the_others_by_the_deadline() -> None:
    assert told(changed(why="extension-granted", kind="granted", previous_due=DUE)).keys() == {OFFICE}


def test_a_reassigned_task_is_told_to_its_old_and_to_its_new_units() -> None:
    data = TaskReassigned(
        lead=FINANCE, coordinating=(HOME_AFFAIRS,), new_days=(NewDay(name="Gửi dự thảo", last_good_day=date(2021, 4, 20)),)
    )
    notices = told(data)
    assert notices.keys() == {FINANCE, HOME_AFFAIRS, OFFICE}
    assert notices[FINANCE].body.startswith("Sau khi giao lại, quý đơn vị chủ trì thực hiện nhiệm vụ số 1.b.")
    assert "Thời hạn mới: Gửi dự thảo: hết ngày 20/4/2021." in notices[FINANCE].body
    assert "quý đơn vị phối hợp thực hiện" in notices[HOME_AFFAIRS].body
    assert "quý đơn vị không còn tham gia" in notices[OFFICE].body


def test_a_directive_is_named_as_it_is_called_after_its_amendment() -> None:
    notice = told(DirectiveAmended(changes="Bổ sung khoản 3", subject="Cải cách hành chính"), DIRECTIVE)[FINANCE]
    assert notice.title == "Sửa đổi, bổ sung văn bản số 412/UBND-NC"
    assert notice.body.startswith("Văn bản số 412/UBND-NC “Cải cách hành chính” đã được sửa đổi, bổ sung.\nNội dung sửa đổi, bổ sung:")
    assert notice.task is None


def test_a_draft_is_called_by_its_symbol() -> None:
    assert "ký hiệu UBND-NC" in told(DirectiveRecalled(reason="Nhầm"), DIRECTIVE, msgspec.structs.replace(ROLL, number=None))[FINANCE].title


def test_a_returned_plan_names_plan_task_and_reason() -> None:
    notice = told(PlanReturned(reasons="Thiếu giải pháp", items=("Tiêu chí 2", "Tiêu chí 5")), PLAN)[HOME_AFFAIRS]
    assert notice.task == TASK
    assert notice.body == (
        "Kế hoạch “Kế hoạch nâng cao chỉ số” của nhiệm vụ số 1.b được trả lại để hoàn thiện.\nLý do: Thiếu giải pháp.\n"
        "Nội dung cần hoàn thiện: Tiêu chí 2; Tiêu chí 5.\nĐề nghị quý đơn vị hoàn thiện và gửi lại kế hoạch."
    )


def test_a_changed_deadline_says_why_and_from_when_to_when() -> None:
    later = datetime(2021, 4, 22, 17, tzinfo=AT.tzinfo)
    notice = told(changed(why="calendar-amended", due=later, previous_due=DUE))[HOME_AFFAIRS]
    assert notice.title == "Thay đổi thời hạn: nhiệm vụ số 1.b"
    assert "Lý do: lịch làm việc trong năm được điều chỉnh." in notice.body
    assert "Thời hạn trước đây: hết ngày 15/4/2021.\nThời hạn hiện nay: hết ngày 22/4/2021." in notice.body


def test_a_deadline_that_is_open_again_says_so() -> None:
    notice = told(changed(why="plan-returned", previous_due=DUE, is_open_again=True))[HOME_AFFAIRS]
    assert notice.title == "Mở lại thời hạn: nhiệm vụ số 1.b"
    assert "Thời hạn trước đây" not in notice.body


def test_a_risk_and_its_end_are_told_in_different_words() -> None:
    risk = DeadlineAtRisk(**terms(), why="conference-outside-window", fact="fact", planned_at=datetime(2021, 5, 5, 1, tzinfo=AT.tzinfo))
    assert "ngoài khoảng thời gian quy định (8 giờ 00 ngày 5/5/2021)" in told(risk)[HOME_AFFAIRS].body
    assert told(msgspec.structs.replace(risk, is_lifted=True))[COMMITTEE].title == "Hết nguy cơ trễ hạn: nhiệm vụ số 1.b"


def test_a_voided_fact_is_told_to_those_who_were_told_of_it_and_names_what_it_corrects() -> None:
    before = Told(UUID(int=7), "Giao nhiệm vụ số 1.b", "task-assigned")
    fact = happening(FactVoided(version=2, reason="Ghi nhận trùng"), "void", subject=DIRECTIVE)
    seen = Witness({DIRECTIVE: ROLL}, {DIRECTIVE: []}).see(Read(fact, 3, b""))
    known = Knowledge({DIRECTIVE: ROLL}, {(DIRECTIVE, ("/tests", "t-1")): {OFFICE: before}})
    [notice] = notices_of([_with_voided(seen, "t-1")], known)
    assert (notice.data.recipient, notice.data.corrects, notice.data.task) == (OFFICE, before.notice, None)
    assert notice.data.title == "Đính chính: giao nhiệm vụ số 1.b"
    assert "“Giao nhiệm vụ số 1.b” đã gửi trước đây không còn giá trị" in notice.data.body


def _with_voided(seen: Happening, event: str) -> Happening:
    return Happening(
        seen.source, seen.id, seen.subject, seen.key, seen.at, seen.cause, seen.data, seen.before, seen.after, ("/tests", event)
    )


def test_a_voided_fact_that_nobody_was_told_of_is_told_to_nobody() -> None:
    assert told(FactVoided(version=2, reason="Trùng"), DIRECTIVE) == {}


def test_the_witness_takes_a_voided_fact_out_of_the_roll() -> None:
    witness = Witness({}, {DIRECTIVE: []})
    issue = DirectiveIssued(key="15", issuer=COMMITTEE, subject="Kế hoạch", document_type="CV", symbol="UBND-NC")
    facts: list[tuple[Contract, UUID, str]] = [
        (issue, DIRECTIVE, "d-1"),
        (assigned(), TASK, "t-1"),
        (TaskReassigned(lead=FINANCE), TASK, "r-1"),
        (FactVoided(version=3, reason="Nhầm"), DIRECTIVE, "v-1"),
    ]
    reads = [Read(happening(data, name, subject=subject), version, b"") for version, (data, subject, name) in enumerate(facts, start=1)]
    seen = [witness.see(read) for read in reads]
    assert seen[-1].voided == ("/tests", "r-1")
    assert seen[-1].before.tasks[TASK].lead == FINANCE
    assert seen[-1].after.tasks[TASK].lead == HOME_AFFAIRS


def _example(contract: type[Contract]) -> tuple[Contract, UUID]:
    event = decode(msgspec.json.encode(example_of(contract)))
    return event.data, UUID(event.subject)


def _rolled(subject: UUID, *, long: bool = False) -> Roll:
    """Return a roll in which an example's subject is a task, a plan, a conference and a request at once."""
    text = "x" * 500 if long else "Kế hoạch"
    return msgspec.structs.replace(
        ROLL, symbol=text, subject=text, tasks={subject: Task(text, HOME_AFFAIRS, (OFFICE,))},
        plans={subject: Plan(subject, FINANCE, text)}, requests={subject: Request(subject, text, FINANCE, date(2021, 4, 22))},
        conferences={subject: Conference(text, (subject,), (FINANCE,), AT, text)},
    )  # fmt: skip


@pytest.mark.parametrize("long", [False, True])
@pytest.mark.parametrize("contract", [each for each in RULES if each is not FactVoided], ids=lambda each: each.NAME)
def test_every_rule_of_the_table_has_a_text_for_each_of_its_roles_within_its_limits(contract: type[Contract], *, long: bool) -> None:
    data, subject = _example(contract)
    roll = _rolled(subject, long=long)
    happened = Happening("/tests", "1", str(subject), str(DIRECTIVE), AT, "tests/0/1", data, roll, roll)
    for role, _ in RULES[contract].audiences:
        title, body = RULES[contract].wording(happened, role)
        assert 0 < len(title) <= TITLE_LIMIT
        assert 0 < len(body) <= 20_000
        assert all(len(line) <= 20 * LINE_LIMIT for line in body.splitlines())


def test_the_table_names_each_rule_after_its_event() -> None:
    assert {contract.NAME: rule.name for contract, rule in RULES.items()} == {contract.NAME: contract.NAME for contract in RULES}


def test_notices_carry_the_cause_of_their_fact() -> None:
    notices: list[Notice] = notices_of([happening(missed(), "m-1")], Knowledge({DIRECTIVE: ROLL}))
    assert {notice.cause for notice in notices} == {"tests/0/m-1"}
