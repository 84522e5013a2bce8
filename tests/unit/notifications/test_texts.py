"""What notices say, word for word where it matters."""

from datetime import UTC, datetime

import msgspec
import pytest

from services.notifications import texts
from shared.contracts.notifications import NoticeIssued
from tests.support.notices import COMMITTEE, DIRECTIVE, SEED, approaching, assigned, met, missed, scheduled


def test_the_lead_of_a_task_reads_number_content_and_the_deadline_as_written() -> None:
    assert texts.assigned(assigned(), "lead") == (
        "Giao nhiệm vụ số 1.b",
        (
            "Quý đơn vị được giao chủ trì thực hiện nhiệm vụ số 1.b.\n"
            "Nội dung: Lập kế hoạch tổ chức hội nghị.\n"
            "Thời hạn ghi trong văn bản: Gửi dự thảo: trước ngày 16/4/2021.\n"
            "Đề nghị quý đơn vị xác nhận đã nhận thông báo này và tổ chức thực hiện."
        ),
    )


def test_a_task_without_a_deadline_says_so() -> None:
    assert "Văn bản không ghi thời hạn." in texts.assigned(assigned(deadlines=()), "coordinating")[1]


def test_a_reminder_says_how_many_working_days_are_left_and_the_last_good_day() -> None:
    assert texts.approaching(approaching(left=3), "lead") == (
        "Nhắc việc: nhiệm vụ số 1.b còn 3 ngày làm việc",
        (
            "Nhiệm vụ số 1.b do quý đơn vị chủ trì còn 3 ngày làm việc là hết thời hạn.\n"
            "Thời hạn (Gửi dự thảo): hết ngày 15/4/2021.\n"
            "Hệ thống chưa tiếp nhận dự thảo kế hoạch.\n"
            "Nội dung: Lập kế hoạch tổ chức hội nghị.\n"
            "Đề nghị quý đơn vị bảo đảm thời hạn nêu trên."
        ),
    )


def test_a_reminder_on_the_last_day_does_not_speak_of_days_left() -> None:
    title, body = texts.approaching(approaching(left=0), "coordinating")
    assert title == "Nhắc việc: nhiệm vụ số 1.b đến hạn"
    assert body.startswith("Nhiệm vụ số 1.b mà quý đơn vị phối hợp thực hiện đã đến ngày cuối của thời hạn.")


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(59, ""), (60, "chậm 1 phút"), (7_200, "chậm 2 giờ"), (93_780, "chậm 1 ngày 2 giờ 3 phút")],
)
def test_a_stage_after_downtime_says_how_late_it_is(seconds: int, said: str) -> None:
    body = texts.missed(missed(late=seconds), "lead")[1]
    assert said in body
    assert ("gửi chậm" in body) == bool(said)


def test_a_missed_deadline_asks_the_lead_to_hurry_and_reports_to_the_issuer() -> None:
    lead, issuer = texts.missed(missed(), "lead")[1], texts.missed(missed(), "issuer")[1]
    assert "đã hết thời hạn nhưng hệ thống chưa tiếp nhận dự thảo kế hoạch" in lead
    assert lead.endswith("Đề nghị quý đơn vị khẩn trương hoàn thành và báo cáo cơ quan giao nhiệm vụ.")
    assert issuer.endswith("Kính báo cáo để quý cơ quan theo dõi, chỉ đạo.")


def test_a_met_deadline_says_when_the_work_was_received_and_whether_in_time() -> None:
    title, body = texts.met(met(), "lead")
    assert title == "Đã tiếp nhận dự thảo kế hoạch của nhiệm vụ số 1.b (đúng hạn)"
    assert "lúc 14 giờ 30 ngày 15/4/2021 (đúng hạn)" in body
    assert "lúc 8 giờ 05 ngày 16/4/2021 (quá hạn)" in texts.met(met(on_time=False), "issuer")[1]


def test_what_meets_a_deadline_that_is_not_known_yet_is_not_called_in_time() -> None:
    title, body = texts.met(msgspec.structs.replace(met(), due=None, on_time=None), "issuer")
    assert title == "Đã tiếp nhận dự thảo kế hoạch của nhiệm vụ số 1.b (thời hạn chưa xác định)"
    assert "đúng hạn" not in body


def test_a_correction_replaces_the_earlier_notice_and_apologises() -> None:
    title, body = texts.correction(met(corrects="missed-1"), "informed")
    assert title == "Đính chính: đã tiếp nhận dự thảo kế hoạch của nhiệm vụ số 1.b (đúng hạn)"
    assert body.endswith("Thông báo này đính chính và thay thế thông báo quá hạn đã gửi trước đây. Mong quý đơn vị thông cảm.")


def test_a_conference_says_when_where_and_who_chairs() -> None:
    assert texts.scheduled(scheduled(), "participant") == (
        "Lịch hội nghị: Công bố chỉ số cải cách hành chính",
        (
            "Trân trọng thông báo tới quý đơn vị lịch hội nghị “Công bố chỉ số cải cách hành chính”.\n"
            "Thời gian: 8 giờ 00 ngày 28/4/2021.\n"
            "Địa điểm: Hội trường tầng 2.\n"
            "Chủ trì: Chủ tịch UBND.\n"
            "Kính mời quý đơn vị tham dự."
        ),
    )


@pytest.mark.parametrize(
    ("due", "said"),
    [
        (datetime(2021, 4, 15, 17, 0, tzinfo=UTC), "hết ngày 15/4/2021"),
        (datetime(2021, 4, 30, 17, 0, tzinfo=UTC), "hết ngày 30/4/2021"),
        (datetime(2021, 4, 15, 10, 0, tzinfo=UTC), "trước 17 giờ 00 ngày 15/4/2021"),
    ],
)
def test_a_deadline_is_shown_as_its_last_good_day_or_hour(due: datetime, said: str) -> None:
    assert texts.last_good(due) == said


def test_a_text_is_never_longer_than_its_contract_allows() -> None:
    long = assigned(number="9" * 500, content="x" * 20_000)
    longest = [
        texts.assigned(long, "lead"),
        texts.met(msgspec.structs.replace(met(), task_number="9" * 500, content="x" * 20_000, name="y" * 500), "issuer"),
        texts.correction(msgspec.structs.replace(met(), task_number="9" * 500), "lead"),
        texts.scheduled(msgspec.structs.replace(scheduled(), title="z" * 500, place="p" * 500), "lead"),
    ]
    for title, body in longest:
        notice = NoticeIssued(
            notice=SEED, rule="task-assigned", recipient=COMMITTEE, channel="inbox", directive=DIRECTIVE, about="1", title=title, body=body
        )
        assert msgspec.json.decode(msgspec.json.encode(notice), type=NoticeIssued) == notice


@pytest.mark.parametrize(
    ("period", "said"),
    [
        ("2021", "kỳ năm 2021"), ("2021-Q2", "kỳ quý II/2021"), ("2021-05", "kỳ tháng 5/2021"), ("2021-W09", "kỳ tuần 9/2021"),
        ("2021-05-04", "kỳ ngày 4/5/2021"), (None, None),
    ],
)  # fmt: skip
def test_a_notice_names_the_occurrence_of_what_comes_back(period: str | None, said: str | None) -> None:
    body = texts.missed(msgspec.structs.replace(missed(), period=period), "lead")[1]
    assert (f"Thời hạn (Gửi dự thảo, {said}):" if said else "Thời hạn (Gửi dự thảo):") in body
