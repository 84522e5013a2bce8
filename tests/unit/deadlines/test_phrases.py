"""The wording of deadlines, phrase by phrase, for a letter of Thursday 1/4/2021 unless another day is given."""

from datetime import UTC, date, datetime

import pytest

from services.deadlines.domain.calendar import HANOI, VIETNAM
from services.deadlines.domain.due import Due, ImpossiblePhraseError, Policy
from services.deadlines.domain.phrases import compute

ISSUED = date(2021, 4, 1)


def read(phrase: str, issued_on: date | None = ISSUED, received_at: datetime | None = None, **policy: bool | int) -> Due:
    settled = Policy(**policy)  # type: ignore[arg-type]
    return compute(phrase, issued_on=issued_on, received_at=received_at, calendar=VIETNAM, policy=settled)


def instant(due: Due) -> str | None:
    return f"{due.due:%Y-%m-%d %H:%M}" if due.due else None


@pytest.mark.parametrize(
    ("phrase", "due", "last_good_day"),
    [
        ("gửi dự thảo trước ngày 16/4/2021", "2021-04-16T00:00:00+07:00", date(2021, 4, 15)),
        ("trong tháng 4 năm 2021", "2021-05-01T00:00:00+07:00", date(2021, 4, 30)),
        ("trước ngày 30/4/2021", "2021-04-30T00:00:00+07:00", date(2021, 4, 29)),
    ],
)
def test_the_deadlines_of_the_first_letter_come_out_without_its_date(phrase: str, due: str, last_good_day: date) -> None:
    found = read(phrase, issued_on=None)
    assert found.kind == "fixed"
    assert found.due
    assert found.due.isoformat() == due
    assert found.proof.last_good_day == last_good_day


@pytest.mark.parametrize(
    ("phrase", "due", "rule"),
    [
        ("trước ngày 16/4/2021", "2021-04-16 00:00", "before-date"),
        ("trước ngày 16/04/2021", "2021-04-16 00:00", "before-date"),
        ("trước ngày 16.4.2021", "2021-04-16 00:00", "before-date"),
        ("trước ngày 16-4-2021", "2021-04-16 00:00", "before-date"),
        ("trước ngày 16 tháng 4 năm 2021", "2021-04-16 00:00", "before-date"),
        ("trước ngày 16 tháng 4", "2021-04-16 00:00", "before-date"),
        ("trước ngày 16 tháng tư năm nay", "2021-04-16 00:00", "before-date"),
        ("trước 16/4", "2021-04-16 00:00", "before-date"),
        ("trước ngày mồng 5 tháng 5", "2021-05-05 00:00", "before-date"),
        ("trước thứ Sáu, ngày 16/4/2021", "2021-04-16 00:00", "before-date"),
        ("trước ngày 18/4/2021 (Chủ nhật)", "2021-04-18 00:00", "before-date"),
        ("trước ngày 16/4/2021 (thứ 6)", "2021-04-16 00:00", "before-date"),
        ("trước ngày mai", "2021-04-02 00:00", "before-date"),
        ("chậm nhất ngày 16/4/2021", "2021-04-17 00:00", "by-date"),
        ("chậm nhất là ngày 16/4/2021", "2021-04-17 00:00", "by-date"),
        ("muộn nhất vào ngày 16/4", "2021-04-17 00:00", "by-date"),
        ("không quá ngày 16/4/2021", "2021-04-17 00:00", "by-date"),
        ("không muộn hơn ngày 16/4/2021", "2021-04-17 00:00", "by-date"),
        ("đến hết ngày 16/4/2021", "2021-04-17 00:00", "by-date"),
        ("hạn cuối 16/4/2021", "2021-04-17 00:00", "by-date"),
        ("hạn cuối cùng: ngày 16/4/2021", "2021-04-17 00:00", "by-date"),
        ("thời hạn hoàn thành: 16/4/2021", "2021-04-17 00:00", "by-date"),
        ("trong ngày 16/4/2021", "2021-04-17 00:00", "by-date"),
        ("trong ngày hôm nay", "2021-04-02 00:00", "by-date"),
        ("trong ngày", "2021-04-02 00:00", "on-letter-day"),
        ("16/4/2021", "2021-04-17 00:00", "on-date"),
        ("thời gian hoàn thành: 16/4/2021", "2021-04-17 00:00", "on-date"),
        ("xong ngày 16/4/2021", "2021-04-17 00:00", "on-date"),
        ("đến ngày 16/4/2021.", "2021-04-17 00:00", "on-date"),
        ("từ ngày 10/4/2021 đến hết ngày 16/4/2021", "2021-04-17 00:00", "range"),
        ("từ ngày 10 đến ngày 16/4/2021", "2021-04-17 00:00", "range"),
        ("từ ngày 20/12 đến ngày 10/1/2022", "2022-01-11 00:00", "range"),
        ("trước 17 giờ ngày 16/4/2021", "2021-04-16 17:00", "time"),
        ("trước 17h00 ngày 16/4/2021", "2021-04-16 17:00", "time"),
        ("trước 17 giờ 00, ngày 16/4/2021", "2021-04-16 17:00", "time"),
        ("trước 14 giờ 00' ngày 16 tháng 4 năm 2021", "2021-04-16 14:00", "time"),
        ("trước 14 giờ 30 phút ngày 16/4", "2021-04-16 14:30", "time"),
        ("chậm nhất 17:30 thứ Sáu ngày 16/4/2021", "2021-04-16 17:30", "time"),
        ("trước 24 giờ ngày 16/4/2021", "2021-04-17 00:00", "time"),
        ("trước 17 giờ 16/4/2021", "2021-04-16 17:00", "time"),
        ("trước lúc 17 giờ ngày 16/4/2021", "2021-04-16 17:00", "time"),
        ("trước 17h chiều nay", "2021-04-01 17:00", "time"),
        ("trước 5 giờ chiều ngày mai", "2021-04-02 17:00", "time"),
        ("trước 8 giờ tối ngày 16/4/2021", "2021-04-16 20:00", "time"),
        ("trước 9h sáng ngày 16/4/2021", "2021-04-16 09:00", "time"),
    ],
)
def test_a_day_or_an_hour_is_a_fixed_deadline(phrase: str, due: str, rule: str) -> None:
    found = read(phrase)
    assert (found.kind, instant(found), found.proof.rule) == ("fixed", due, rule)


@pytest.mark.parametrize(
    ("phrase", "due", "rule"),
    [
        ("trong tháng 4", "2021-05-01 00:00", "month"),
        ("trong tháng 4/2021", "2021-05-01 00:00", "month"),
        ("trong tháng tư năm 2021", "2021-05-01 00:00", "month"),
        ("trong tháng năm năm 2021", "2021-06-01 00:00", "month"),
        ("trong tháng 12 năm nay", "2022-01-01 00:00", "month"),
        ("trong tháng", "2021-05-01 00:00", "month"),
        ("trong tháng này", "2021-05-01 00:00", "month"),
        ("trong tháng sau", "2021-06-01 00:00", "month"),
        ("đến hết tháng 4", "2021-05-01 00:00", "month"),
        ("trước tháng 5/2021", "2021-05-01 00:00", "month"),
        ("tháng 4 năm 2021", "2021-05-01 00:00", "month"),
        ("trong quý II", "2021-07-01 00:00", "quarter"),
        ("trong quý II/2021", "2021-07-01 00:00", "quarter"),
        ("trong quí 3 năm 2021", "2021-10-01 00:00", "quarter"),
        ("trong quý tư", "2022-01-01 00:00", "quarter"),
        ("trong quý này", "2021-07-01 00:00", "quarter"),
        ("trong quý tới", "2021-10-01 00:00", "quarter"),
        ("trong 6 tháng đầu năm", "2021-07-01 00:00", "months-of-year"),
        ("trong sáu tháng đầu năm 2021", "2021-07-01 00:00", "months-of-year"),
        ("trong 6 tháng cuối năm", "2022-01-01 00:00", "months-of-year"),
        ("trong 9 tháng đầu năm 2021", "2021-10-01 00:00", "months-of-year"),
        ("trong năm", "2022-01-01 00:00", "year"),
        ("trong năm 2021", "2022-01-01 00:00", "year"),
        ("trong năm tới", "2023-01-01 00:00", "year"),
        ("trước năm 2022", "2022-01-01 00:00", "year"),
        ("đầu tháng 5", "2021-05-02 00:00", "point-of-month"),
        ("giữa tháng 4/2021", "2021-04-16 00:00", "point-of-month"),
        ("cuối tháng", "2021-05-01 00:00", "point-of-month"),
        ("trước cuối tháng 4", "2021-04-30 00:00", "point-of-month"),
        ("trước ngày đầu tháng 5", "2021-05-01 00:00", "point-of-month"),
        ("cuối quý II", "2021-07-01 00:00", "end-of-quarter"),
        ("đầu năm 2022", "2022-01-02 00:00", "point-of-year"),
        ("vào giữa năm", "2021-07-01 00:00", "point-of-year"),
        ("cuối năm 2021", "2022-01-01 00:00", "point-of-year"),
    ],
)
def test_a_span_of_the_calendar_ends_with_its_last_day_and_its_points_are_days(phrase: str, due: str, rule: str) -> None:
    found = read(phrase)
    assert (found.kind, instant(found), found.proof.rule) == ("fixed", due, rule)


@pytest.mark.parametrize(
    ("phrase", "due", "ground", "skipped"),
    [
        ("trong vòng 7 ngày kể từ ngày ký", "2021-04-09 00:00", "BLDS 147.2, 148.1, 148.5", ()),
        ("trong thời hạn 10 ngày, kể từ ngày ban hành", "2021-04-13 00:00", "BLDS 147.2, 148.1, 148.5", (11,)),
        ("mười ngày kể từ ngày ký ban hành", "2021-04-13 00:00", "BLDS 147.2, 148.1, 148.5", (11,)),
        ("trong 20 ngày kể từ ngày văn bản này được ban hành", "2021-04-23 00:00", "BLDS 147.2, 148.1, 148.5", (21,)),
        ("không quá năm (05) ngày tính từ ngày ký Quyết định này", "2021-04-07 00:00", "BLDS 147.2, 148.1, 148.5", ()),
        ("chậm nhất sau 05 (năm) ngày kể từ ngày 12/4/2021", "2021-04-20 00:00", "BLDS 147.2, 148.1, 148.5", (17, 18)),
        ("hai tuần kể từ ngày ký", "2021-04-16 00:00", "BLDS 147.2, 148.2, 148.5", ()),
        ("1 tháng kể từ ngày ký", "2021-05-05 00:00", "BLDS 147.2, 148.3, 148.5", (1, 2, 3)),
        ("một năm kể từ ngày ký", "2022-04-02 00:00", "BLDS 147.2, 148.4, 148.5", ()),
        ("05 ngày làm việc kể từ ngày ký", "2021-04-09 00:00", "BLDS 147.3, 148.1; BLLĐ 111, 112", (3, 4)),
    ],
)
def test_a_term_from_the_letter_counts_the_day_after_and_rolls_over_days_off(
    phrase: str, due: str, ground: str, skipped: tuple[int, ...]
) -> None:
    found = read(phrase)
    assert (found.kind, instant(found), found.proof.ground) == ("period", due, ground)
    assert tuple(day.day for day in found.proof.days_skipped) == skipped


def test_a_month_without_the_matching_day_ends_with_its_last_day() -> None:
    assert instant(read("1 tháng kể từ ngày ký", date(2022, 1, 31))) == "2022-03-01 00:00"
    assert instant(read("1 năm kể từ ngày ký", date(2024, 2, 29))) == "2025-03-01 00:00"


@pytest.mark.parametrize(
    ("phrase", "due"),
    [
        ("05 ngày làm việc kể từ ngày nhận được", "2021-04-28 00:00"),
        ("trong thời hạn 05 ngày làm việc kể từ ngày nhận được văn bản này, phải báo cáo", "2021-04-28 00:00"),
        ("5 ngày kể từ ngày nhận được công văn", "2021-04-27 00:00"),
        ("trong 24 giờ kể từ khi nhận được văn bản này", "2021-04-20 23:30"),
    ],
)
def test_a_term_from_receipt_is_pending_until_the_letter_is_received(phrase: str, due: str) -> None:
    pending = read(phrase)
    assert (pending.kind, pending.due, pending.proof.reason) == ("pending", None, "not-received")
    # 16:30 in Greenwich is 23:30 of Monday 19/4 in Vietnam; 21/4 is a day off.
    received = read(phrase, received_at=datetime(2021, 4, 19, 16, 30, tzinfo=UTC))
    assert (received.kind, instant(received)) == ("period", due)
    assert received.proof.counted_from == date(2021, 4, 19)


@pytest.mark.parametrize("phrase", ["thường xuyên", "khẩn trương", "thực hiện ngay", "kịp thời", "khẩn trương, kịp thời"])
def test_words_of_urgency_set_no_date(phrase: str) -> None:
    found = read(phrase)
    assert (found.kind, found.due, found.proof.rule) == ("none", None, "no-date")


def test_words_of_urgency_do_not_hide_a_date() -> None:
    assert instant(read("khẩn trương hoàn thành trước ngày 16/4/2021 theo quy định")) == "2021-04-16 00:00"


@pytest.mark.parametrize(
    ("phrase", "reason"),
    [
        ("đúng thời gian quy định", "by-reference"),
        ("theo quy định", "by-reference"),
        ("kịp thời, đúng tiến độ", "by-reference"),
        ("", "not-understood"),
        ("sau ngày 16/4/2021", "not-understood"),
        ("kể từ ngày 16/4/2021", "not-understood"),
        ("trước ngày      tháng 4 năm 2021", "not-understood"),
        ("trong năm học này", "not-understood"),
        ("trước ngày l6/4/2021", "not-understood"),
        ("trước ngày 16/4/2O21", "unread-words"),
        ("kịp thời, xong l6/4", "unread-words"),
        ("ít nhất 5 ngày trước ngày 16/4/2021", "unread-words"),
        ("năm ngày làm việc trước ngày 16/4/2021", "unread-words"),
        ("không trước ngày 16/4/2021", "unread-words"),
        ("trước ngày 16/4 và 20/4/2021", "unread-words"),
        ("trước ngày 10/3 âm lịch", "unread-words"),
        ("trước ngày 16 tháng năm 2021", "unread-words"),
        ("trước ngày 20/11/2021 hằng năm", "unread-words"),
        ("trong tháng 4, 5/2021", "unread-words"),
        ("định kỳ hằng quý, trước ngày 16/4/2021", "unread-words"),
        ("sau 5 ngày kể từ ngày ký", "unread-words"),
        ("trong 1,5 tháng kể từ ngày ký", "unread-words"),
        (f"trước ngày 16/4/{'9' * 5000}", "unread-words"),
        (f"trước ngày 16/{'9' * 12}/2021", "not-understood"),
        ("trong vòng một trăm hai mươi ngày kể từ ngày ký", "unread-words"),
        ("trước ngày 5 và ngày 20 hằng tháng", "unread-words"),
        ("trước chiều thứ Sáu hằng tuần", "unread-words"),
        ("10 ngày kể từ ngày ký, trừ ngày nghỉ", "unread-words"),
        ("5 ngày kể từ ngày 12/4/2021 hoặc ngày ký", "unread-words"),
        ("dự thảo trước ngày 16/4/2021, bản chính trước ngày 20/4/2021", "several-deadlines"),
        ("trong tháng 4 và trong tháng 5", "several-deadlines"),
        ("trước ngày 16/4/21", "unclear-year"),
        ("trước ngày 16/4/2091", "too-far"),
        ("trong 9999 ngày kể từ ngày ký", "too-far"),
        ("trước ngày 16/4/2020", "before-issue"),
        ("trước ngày 1/4/2021", "before-issue"),
        ("trong tháng 2", "before-issue"),
        ("thứ Hai, ngày 16/4/2021", "weekday-disagrees"),
        ("trước ngày 16/4/2021 (Chủ nhật)", "weekday-disagrees"),
        ("trước 17h00", "no-day"),
        ("14 giờ 00' ngày 16/4/2021", "no-bound"),
        ("trước 9 giờ chiều ngày 16/4/2021", "unclear-hour"),
        ("trong 5 ngày", "no-start"),
        ("trong 5 ngày làm việc", "no-start"),
        ("5 ngày kể từ ngày nhận được hồ sơ hợp lệ", "other-start"),
        ("5 ngày kể từ ngày nhận được văn bản của Sở Tài chính", "other-start"),
        ("5 ngày kể từ ngày ký hợp đồng", "other-start"),
        ("24 giờ kể từ khi ký", "no-hour"),
        ("năm (06) ngày kể từ ngày ký", "numbers-disagree"),
        ("Báo cáo tháng gửi trước ngày 15 của tháng", "which-month"),
        ("chậm nhất ngày 25 của tháng trước tháng họp", "which-month"),
    ],
)
def test_what_cannot_be_read_in_one_way_is_left_to_an_operator(phrase: str, reason: str) -> None:
    found = read(phrase)
    assert (found.kind, found.due, found.proof.reason) == ("unresolved", None, reason)


@pytest.mark.parametrize("phrase", ["trước ngày 16/4", "trong tháng 4", "10 ngày kể từ ngày ký", "trong năm", "trong ngày"])
def test_what_leans_on_the_letters_date_waits_for_it(phrase: str) -> None:
    found = read(phrase, issued_on=None)
    assert (found.kind, found.proof.reason) == ("unresolved", "no-issue-date")


@pytest.mark.parametrize(
    ("phrase", "line"),
    [
        ("trước ngày 31/4/2021", "there is no day 31/4"),
        ("trước ngày 31/4", "there is no day 31/4"),
        ("trước ngày 29/2/2021", "there is no day 29/2/2021"),
        ("trước ngày 16/13/2021", "there is no day 16/13"),
        ("trước ngày 0/4/2021", "there is no day 0/4"),
        ("trước ngày 16/4/20021", "no letter can mean the year 20021"),
        ("trước ngày 16/4/0202", "no letter can mean the year 0202"),
        ("trước 25 giờ ngày 16/4/2021", "there is no time 25:00"),
        ("trước 17h60 ngày 16/4/2021", "there is no time 17:60"),
        ("trước 24h01 ngày 16/4/2021", "there is no time 24:01"),
        ("trước 25h00", "there is no time 25:00"),
        ("từ ngày 20/4/2021 đến ngày 16/4/2021", "the span ends before it begins"),
        ("trong tháng 13", "a year has no 'tháng 13'"),
        ("trong quý V/2021", "a year has no 'quý v'"),
        ("trong quý 5", "a year has no 'quý 5'"),
        ("trong 13 tháng đầu năm", "a year has no '13 tháng đầu năm'"),
        ("trong 0 tháng cuối năm", "a year has no '0 tháng cuối năm'"),
        ("0 ngày kể từ ngày ký", "the term '0' has no length"),
        ("trước ngày 32 hằng tháng", "no month has a day 32"),
        ("trước ngày 31/4 hằng năm", "there is no day 31/4"),
    ],
)
def test_what_no_calendar_or_clock_has_is_an_error_in_one_line(phrase: str, line: str) -> None:
    with pytest.raises(ImpossiblePhraseError) as error:
        read(phrase)
    assert error.value.reason == line
    assert error.value.reason_vi


def test_the_proof_names_phrase_rule_ground_calendar_and_days() -> None:
    proof = read("Trong vòng 10 ngày kể từ ngày ký").proof
    assert proof.phrase == "Trong vòng 10 ngày kể từ ngày ký"
    assert (proof.rule, proof.ground) == ("days", "BLDS 147.2, 148.1, 148.5")
    assert proof.calendar_version == VIETNAM.version
    assert proof.counted_from == date(2021, 4, 1)
    assert proof.days_skipped == (date(2021, 4, 11),)
    assert proof.last_good_day == date(2021, 4, 12)
    assert proof.reason is None
    assert not proof.provisional


def test_a_term_into_a_year_without_an_announced_calendar_is_provisional() -> None:
    assert read("30 ngày kể từ ngày ký", date(2026, 12, 20)).proof.provisional
    assert not read("trước ngày 16/4/2030", date(2026, 12, 20)).proof.provisional


def test_a_policy_may_include_the_day_named_by_before() -> None:
    assert instant(read("trước ngày 16/4/2021", before_includes_day=True)) == "2021-04-17 00:00"


def test_a_policy_may_roll_fixed_dates_over_days_off() -> None:
    rolled = read("chậm nhất ngày 30/4/2021", roll_fixed_dates=True)
    assert instant(rolled) == "2021-05-05 00:00"
    assert [day.day for day in rolled.proof.days_skipped] == [30, 1, 2, 3]
    assert instant(read("trước 17 giờ ngày 21/4/2021", roll_fixed_dates=True)) == "2021-04-22 17:00"
    assert instant(read("trước ngày 30/4/2021", roll_fixed_dates=True)) == "2021-04-30 00:00"
    assert instant(read("trong tháng 4/2021", roll_fixed_dates=True)) == "2021-05-01 00:00"


def test_fixed_dates_are_not_rolled_by_default() -> None:
    assert instant(read("chậm nhất ngày 30/4/2021")) == "2021-05-01 00:00"


def test_the_horizon_is_a_policy_and_is_judged_by_receipt_where_the_letter_has_no_date() -> None:
    assert instant(read("trước ngày 16/4/2040", horizon_years=20)) == "2040-04-16 00:00"
    received = datetime(2021, 4, 19, tzinfo=HANOI)
    assert read("trước ngày 16/4/2040", issued_on=None, received_at=received).proof.reason == "too-far"


@pytest.mark.parametrize(
    "phrase",
    [
        "TRƯỚC NGÀY 16/4/2021",
        "trước\u00a0ngày\u00a016/4/2021",
        "trước \n ngày \n\n 16/4/2021.",
        "tr\u01b0\u01a1\u0301c nga\u0300y 16/4/2021",
        "trước ngày 16 / 4 / 2021",
        "trước ngày 16\u20134\u20132021",
        "trước ngày\u200b 16/4/2021./.",
        "(trước ngày 16/4/2021);",
    ],
)
def test_case_spaces_line_breaks_and_unicode_forms_do_not_matter(phrase: str) -> None:
    assert instant(read(phrase)) == "2021-04-16 00:00"
