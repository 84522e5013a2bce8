"""Facts into rows and words, without a database."""

from datetime import date, datetime
from uuid import UUID

import msgspec
import pytest

from services.directives.domain.unit_history import UnitName, name_on, search_words
from services.directives.domain.warnings import Marks, counts, evolve
from services.directives.domain.words import match_all, words_of
from services.directives.projections.reading import read
from services.directives.projections.rows import FACT_COLUMNS, fact_row
from shared.contracts.deadlines import (
    ChangeReason,
    DeadlineAtRisk,
    DeadlineChanged,
    DeadlineEvent,
    DeadlineKind,
    DeadlineWithdrawn,
    Proof,
    WithdrawalReason,
)
from shared.contracts.directives import DeadlineClause
from shared.envelope import event_of
from shared.errors import InvalidMessageError
from tests.support.april import (
    CONFERENCE_TASK,
    DIRECTIVE,
    DRAFT,
    DRAFT_DUE,
    FACTS,
    HOLD,
    ISSUED,
    PLAN_TASK,
    Journal,
    approaching,
    deadline_set,
    hanoi,
    met,
    missed,
)
from tests.support.records import FakeRecord, record


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Phước Long", "phuoc long"),
        ("ĐÔN ĐỐC", "don doc"),
        ("15/QĐ-UBND", "15 qd ubnd"),
        ("Kế hoạch \u2013 kế hoạch", "ke hoach"),
        ("phu\u031bo\u031b\u0301c", "phuoc"),
        ("…", ""),
    ],
)
def test_words_lose_case_and_diacritics(text: str, words: str) -> None:
    assert words_of((text, None)) == words


def test_a_question_asks_for_all_its_words_the_last_one_as_a_beginning() -> None:
    assert match_all("Phước Lo") == "'phuoc' & 'lo':*"


@pytest.mark.parametrize("question", [None, "", "  ", "'&|!:*()"])
def test_a_question_without_words_asks_for_nothing(question: str | None) -> None:
    assert match_all(question) is None


def test_a_fact_keeps_its_bytes_its_cause_and_its_hash() -> None:
    made = Journal().register(DIRECTIVE, ISSUED, hanoi(5))
    fact = dict(zip(FACT_COLUMNS, fact_row(read(made)), strict=True))
    headers = dict(made.headers)
    assert fact["value"] == made.value
    assert (fact["cause"], fact["hash"].hex()) == (headers["cause"].decode(), headers["hash"].decode())
    assert fact["received_at"] == hanoi(5)


def test_a_fact_that_the_registrar_never_saw_is_bad() -> None:
    raw = event_of(ISSUED, id="1", source="/s", subject=str(DIRECTIVE), key=str(DIRECTIVE))
    with pytest.raises(InvalidMessageError, match="not registered"):
        read(record(FACTS, 0, 0, raw))


def test_a_subject_that_is_no_uuid_is_bad() -> None:
    made = Journal().register(DIRECTIVE, ISSUED, hanoi(5))
    value = (made.value or b"").replace(str(DIRECTIVE).encode(), b"directive-1")
    with pytest.raises(InvalidMessageError, match="no UUID"):
        read(FakeRecord(FACTS, 0, 0, 0, made.key, value, made.headers))


def said(*events: DeadlineEvent) -> Marks:
    """Return a deadline after some events of it, the first of which sets it."""
    marks: Marks | None = None
    for event in events:
        marks = evolve(marks, event)
    assert marks is not None
    return marks


def changed(task: UUID, clause: DeadlineClause, due: datetime | None, why: ChangeReason, **more: object) -> DeadlineChanged:
    """Return that a deadline is another one."""
    fields = {name: getattr(deadline_set(task, clause), name) for name in DeadlineEvent.__struct_fields__}
    kind: DeadlineKind = "suspended" if why == "suspended" else "granted"
    proof = Proof(phrase=clause.phrase, rule="granted", ground="policy", calendar_version="2021")
    return msgspec.convert({**fields, "why": why, "kind": kind, "proof": proof, "fact": "f", **more, "due": due}, DeadlineChanged)


def test_a_deadline_remembers_its_first_warning_and_how_it_was_met() -> None:
    marks = said(
        deadline_set(CONFERENCE_TASK, HOLD),
        approaching(CONFERENCE_TASK, HOLD, hanoi(27, 0)),
        approaching(CONFERENCE_TASK, HOLD, hanoi(29, 0), left=1),
        missed(CONFERENCE_TASK, HOLD),
        met(CONFERENCE_TASK, HOLD, hanoi(4, month=5), on_time=False),
    )
    assert (marks.soon_at, marks.missed_at, marks.met_at) == (hanoi(27, 0), hanoi(1, 0, month=5), hanoi(4, month=5))
    assert (marks.is_on_time, marks.met_fact) == (False, "fact")


def test_setting_a_deadline_anew_forgets_its_warnings() -> None:
    again = said(deadline_set(PLAN_TASK, DRAFT), approaching(PLAN_TASK, DRAFT, hanoi(13, 0)), deadline_set(PLAN_TASK, DRAFT))
    assert again == said(deadline_set(PLAN_TASK, DRAFT))


def test_a_deadline_that_was_never_set_cannot_come_near() -> None:
    with pytest.raises(InvalidMessageError, match="never set"):
        said(approaching(PLAN_TASK, DRAFT, hanoi(13, 0)))


def test_a_granted_extension_keeps_the_original_day_and_forgets_the_warnings_of_it() -> None:
    extended = changed(PLAN_TASK, DRAFT, hanoi(21, 0), "extension-granted", original_due=DRAFT_DUE, previous_due=DRAFT_DUE)
    marks = said(deadline_set(PLAN_TASK, DRAFT), approaching(PLAN_TASK, DRAFT, hanoi(13, 0)), missed(PLAN_TASK, DRAFT), extended)
    assert (marks.due, marks.original_due, marks.soon_at, marks.missed_at) == (hanoi(21, 0), DRAFT_DUE, None, None)
    assert (marks.changes, marks.changed_by) == (1, "extension-granted")


def test_a_deadline_that_is_open_again_is_met_no_more() -> None:
    opened = changed(PLAN_TASK, DRAFT, DRAFT_DUE, "plan-returned", is_open_again=True)
    marks = said(deadline_set(PLAN_TASK, DRAFT), met(PLAN_TASK, DRAFT, hanoi(10), on_time=True), opened)
    assert (marks.met_at, marks.is_on_time, marks.met_fact) == (None, None, None)


def test_a_suspended_deadline_still_says_what_was_due() -> None:
    marks = said(deadline_set(PLAN_TASK, DRAFT), changed(PLAN_TASK, DRAFT, None, "suspended"))
    assert (marks.kind, marks.due) == ("suspended", DRAFT_DUE)


def test_a_risk_is_told_and_lifted() -> None:
    fields = {name: getattr(deadline_set(PLAN_TASK, DRAFT), name) for name in DeadlineEvent.__struct_fields__}
    risk = DeadlineAtRisk(**fields, why="low-progress", fact="f")
    assert said(deadline_set(PLAN_TASK, DRAFT), risk).risk == "low-progress"
    assert said(deadline_set(PLAN_TASK, DRAFT), risk, msgspec.structs.replace(risk, is_lifted=True)).risk is None


@pytest.mark.parametrize(("why", "still_counts"), [("task-cancelled", False), ("directive-recalled", False), ("task-confirmed", True)])
def test_a_withdrawn_deadline_counts_no_more_unless_a_confirmation_ended_it(why: WithdrawalReason, still_counts: bool) -> None:  # noqa: FBT001
    fields = {name: getattr(deadline_set(PLAN_TASK, DRAFT), name) for name in DeadlineEvent.__struct_fields__}
    marks = said(deadline_set(PLAN_TASK, DRAFT), DeadlineWithdrawn(**fields, why=why, fact="f"))
    assert counts(marks) is still_counts


NAMES = (
    UnitName(1, "UBND thị xã Phước Long", valid_from=date(2009, 8, 11)),
    UnitName(4, "UBND phường Phước Long", valid_from=date(2025, 7, 1)),
    UnitName(3, "UBND thị xã Phước Long (tên tạm)", valid_from=date(2025, 7, 1)),
)


@pytest.mark.parametrize(("day", "version"), [(date(2000, 1, 1), 1), (date(2025, 6, 30), 1), (date(2025, 7, 1), 4), (date(2030, 1, 1), 4)])
def test_a_name_holds_from_its_day_on_and_the_first_one_also_before(day: date, version: int) -> None:
    assert name_on(NAMES, day).version == version


def test_a_unit_is_found_by_every_name_that_it_ever_had() -> None:
    words = search_words("H10.21", NAMES).split()
    assert {"h10", "21", "thi", "phuong", "phuoc"} <= set(words)
