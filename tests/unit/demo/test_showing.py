"""What people read of the demonstration: the timeline and the table."""

from dataclasses import replace
from typing import Any, get_args

import pytest

from deploy.demo import texts
from deploy.demo.table import draw_table
from deploy.demo.timeline import Timeline
from shared.contracts.deadlines import ChangeReason
from tests.support.april import CONFERENCE_TASK, REPORT_TASK, hanoi
from tests.support.demo_evidence import good_evidence

TASK: dict[str, Any] = {
    "id": str(CONFERENCE_TASK), "number": "1.b", "content": "Tổ chức hội nghị công bố Chỉ số năm 2020 trên địa bàn thị xã.",
    "lead": {"short_name": None, "name": "Phòng Nội vụ"}, "deadlines": [{"name": "Hội nghị"}], "last_good_day": "2021-04-30",
    "status": {"work": "done", "time": "late"},
}  # fmt: skip


def told(*kinds: str) -> list[str]:
    """Return the lines of the timeline about some kinds of events."""
    timeline = Timeline()
    records = list(good_evidence().records)
    timeline.tell(hanoi(1), None, [each for each in records if "unit-registered" in each.event.type])
    return timeline.tell(hanoi(5, 8), "Bắt đầu", [each for each in records if any(kind in each.event.type for kind in kinds)])


def said(*kinds: str) -> list[str]:
    """Return what the system says of some kinds of events."""
    return [line.strip().removeprefix("· ") for line in told(*kinds)]


def test_the_first_line_bears_the_instant_and_what_the_story_says() -> None:
    assert told("directive-issued") == ["5/4/2021 08:00    Bắt đầu"]


def test_deadlines_are_told_by_their_last_good_day() -> None:
    lines = said("deadline-set")
    assert "thời hạn nhiệm vụ 1.a: “trước ngày 16/4/2021” → ngày cuối 15/4/2021" in lines
    assert "thời hạn nhiệm vụ 1.b: “trong tháng 4 năm 2021” → ngày cuối 30/4/2021" in lines
    assert "thời hạn nhiệm vụ 2: “trước ngày 30/4/2021” → ngày cuối 29/4/2021" in lines
    assert "thời hạn nhiệm vụ 3: “đúng thời gian quy định” → ngày cuối chưa xác định" in lines


def test_reminders_misses_and_meetings_are_told() -> None:
    lines = said("approaching", "deadline-missed", "deadline-met")
    assert "nhắc việc: nhiệm vụ 1.a còn 3 ngày làm việc (ngày cuối 15/4/2021)" in lines
    assert "QUÁ HẠN: nhiệm vụ 1.b (ngày cuối 30/4/2021)" in lines
    assert "đã tiếp nhận kết quả nhiệm vụ 1.b: quá hạn (ngày cuối 30/4/2021)" in lines


def test_notices_are_told_with_all_their_recipients_and_readers_with_their_counts() -> None:
    lines = said("notice", "refused")
    assert "thông báo “Quá hạn” → Phòng Nội vụ [thư], UBND thị xã [webhook]" in lines
    assert "đã đọc: UBND thị xã (1)" in lines
    assert "TỪ CHỐI: không" in lines


def test_of_many_recipients_the_first_ones_are_named() -> None:
    assert texts.people(["a", "b", "c", "d", "e"]) == "a, b, c và 2 đơn vị khác"


def test_every_reason_of_a_change_has_its_words() -> None:
    assert set(get_args(ChangeReason)) == {"clarified", "plan-returned", *texts.WHY}


def test_nothing_new_is_no_line() -> None:
    assert Timeline().tell(hanoi(1), None, []) == []


@pytest.mark.parametrize(
    ("changes", "day", "status"),
    [
        ({}, "30/4/2021", "hoàn thành, quá hạn"),
        ({"status": {"work": "in_progress", "time": "due_soon"}}, "30/4/2021", "đang thực hiện, sắp đến hạn"),
        ({"last_good_day": None, "status": {"work": "done", "time": "no_deadline"}}, "chưa xác định", "hoàn thành, thời hạn chưa xác định"),
        (
            {"last_good_day": None, "deadlines": [], "status": {"work": "not_started", "time": "no_deadline"}},
            "không ghi",
            "chưa thực hiện, không hạn",
        ),
    ],
)
def test_a_task_is_shown_with_its_last_good_day_and_status(changes: dict[str, Any], day: str, status: str) -> None:
    task = {**TASK, **changes}
    assert texts.last_day_of(task) == day
    assert texts.status_of(task) == status


def test_the_table_counts_notices_sent_and_read_for_each_task() -> None:
    other = {**TASK, "id": str(REPORT_TASK), "number": "3"}
    lines = draw_table(replace(good_evidence(), tasks=[other, TASK]))
    cells = [[cell.strip() for cell in line.split("│")] for line in lines if "│" in line]
    assert cells == [
        ["Nhiệm vụ", "Đơn vị chủ trì", "Ngày cuối", "Trạng thái", "Gửi/đọc"],
        ["1.b  Tổ chức hội nghị công…", "Phòng Nội vụ", "30/4/2021", "hoàn thành, quá hạn", "2/1"],
        ["3  Tổ chức hội nghị công bố…", "Phòng Nội vụ", "30/4/2021", "hoàn thành, quá hạn", "0/0"],
        ["Tất cả thông báo", "", "", "", "2/1"],
    ]
