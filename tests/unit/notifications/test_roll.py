"""Who is concerned with a directive, as its facts come one after another."""

from datetime import date
from uuid import UUID

import pytest

from services.notifications.domain.addresses import check_address
from services.notifications.domain.roll import Conference, Entry, Roll, Task, evolve, fold
from services.notifications.domain.witness import Read, Witness
from shared.contracts.directives import DirectiveAmended, DirectiveCorrected
from shared.contracts.extensions import ExtensionRequested
from shared.contracts.registry import UnitRenamed
from shared.contracts.tasks import ProgressReported, TaskReassigned
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceRescheduled
from tests.support.notices import (
    AT,
    COMMITTEE,
    CONFERENCE,
    DIRECTIVE,
    FINANCE,
    HOME_AFFAIRS,
    OFFICE,
    TASK,
    assigned,
    happening,
    issued,
    scheduled,
)

REQUEST = UUID("f1000000-0000-5000-8000-000000000001")


def test_an_amendment_changes_what_it_names_only() -> None:
    roll = evolve(Roll(issuer=COMMITTEE, subject="Cũ", addressees=(OFFICE,)), DIRECTIVE, DirectiveAmended(changes="Sửa", subject="Mới"))
    assert (roll.subject, roll.addressees) == ("Mới", (OFFICE,))
    assert evolve(roll, DIRECTIVE, DirectiveAmended(changes="Sửa", addressees=(FINANCE,))).addressees == (FINANCE,)


def test_a_correction_gives_a_draft_its_number() -> None:
    roll = evolve(evolve(Roll(), DIRECTIVE, issued()), DIRECTIVE, DirectiveCorrected(correction="Ghi số", number=12))
    assert roll.document == "số 12/UBND-NC"


def test_a_rescheduled_conference_keeps_its_place_unless_it_names_one() -> None:
    roll = evolve(Roll(), CONFERENCE, scheduled(participants=(FINANCE,)))
    moved = evolve(roll, CONFERENCE, ConferenceRescheduled(rescheduled_by=OFFICE, starts_at=AT))
    conference = moved.conferences[CONFERENCE]
    assert (conference.starts_at, conference.place) == (AT, "Hội trường tầng 2")
    again = evolve(moved, CONFERENCE, ConferenceRescheduled(rescheduled_by=OFFICE, starts_at=AT, place="Phòng họp"))
    assert again.conferences[CONFERENCE].place == "Phòng họp"


def test_a_request_is_kept_with_who_asked() -> None:
    data = ExtensionRequested(task=TASK, name="Gửi dự thảo", requested_by=FINANCE, requested_day=date(2021, 4, 22), reasons="Thiếu")
    assert evolve(Roll(), REQUEST, data).requests[REQUEST].requested_by == FINANCE


def test_facts_about_what_is_not_known_and_facts_that_concern_nobody_anew_leave_the_roll_as_it_is() -> None:
    roll = Roll(conferences={CONFERENCE: Conference("Hội nghị", (TASK,), (), AT, "Hội trường")})
    assert evolve(roll, TASK, TaskReassigned(lead=FINANCE)) is roll
    assert evolve(roll, TASK, ConferenceRescheduled(rescheduled_by=OFFICE, starts_at=AT)) is roll
    assert evolve(roll, TASK, ProgressReported(reported_by=OFFICE, content="Đang làm")) is roll


def test_a_history_folds_without_what_was_voided() -> None:
    history = [
        Entry(1, ("/tests", "d-1"), DIRECTIVE, issued()),
        Entry(2, ("/tests", "t-1"), TASK, assigned()),
        Entry(3, ("/tests", "r-1"), TASK, TaskReassigned(lead=FINANCE)),
        Entry(4, ("/tests", "v-1"), DIRECTIVE, FactVoided(version=3, reason="Nhầm")),
    ]
    assert fold(history).tasks == {TASK: Task("1.b", HOME_AFFAIRS)}


def test_the_witness_keeps_facts_of_directives_and_none_of_units() -> None:
    witness = Witness({}, {})
    unit = happening(UnitRenamed(name="Phòng Nội vụ", valid_from=date(2021, 4, 1)), "u-1", subject=OFFICE, key=OFFICE)
    assert witness.see(Read(unit, 2, b"unit")) is unit
    witness.see(Read(happening(issued(), "d-1", subject=DIRECTIVE), 1, b"directive"))
    assert witness.kept == [(DIRECTIVE, 1, b"directive")]
    assert witness.changed.keys() == {DIRECTIVE}


@pytest.mark.parametrize(
    ("kind", "value", "good"),
    [
        ("mail", "vanthu@phuoclong.example.gov.vn", True), ("mail", "van thu@example.vn", False), ("mail", "vanthu@localhost", False),
        ("telephone", "+84 271 3888 888", True), ("telephone", "(0271) 3888", False), ("telephone", "113", False),
        ("webhook", "https://hook.example.vn:8443/a?b=c", True), ("webhook", "http://hook.example.vn/", False),
        ("webhook", "https://u:p@hook.example.vn/", False), ("webhook", "https://hook.example.vn:x/", False),
        ("webhook", "https://hook.example.vn/\\a", False), ("webhook", "https:///a", False),
    ],
)  # fmt: skip
def test_an_address_is_judged_by_its_kind(kind: str, value: str, *, good: bool) -> None:
    if good:
        check_address(kind, value)
    else:
        with pytest.raises(ValueError, match="value should be"):
            check_address(kind, value)
