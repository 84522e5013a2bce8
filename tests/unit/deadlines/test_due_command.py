"""The command `dondoc due`, run as people run it."""

from typing import get_args

import msgspec
import pytest
from click.testing import CliRunner, Result

from services.deadlines.domain.due import Due, Kind, Reason
from services.deadlines.due_command import due
from services.deadlines.saying import KINDS, REASONS


def run(*arguments: str) -> Result:
    return CliRunner().invoke(due, arguments)


def test_the_deadline_is_told_by_its_last_good_day() -> None:
    result = run("trước ngày 16/4/2021", "--issued", "2021-04-01")
    assert result.exit_code == 0
    assert "Ngày cuối cùng còn đúng hạn: 15/4/2021 (xong trước 00:00 ngày 16/4/2021)" in result.output
    assert "Căn cứ: quy ước của hệ thống (quy tắc before-date)" in result.output


def test_json_has_the_kind_the_instant_the_recurrence_and_the_proof() -> None:
    result = run("chậm nhất ngày 16/4/2021", "--issued", "1/4/2021", "--json")
    told = msgspec.json.decode(result.output)
    assert list(told) == ["kind", "due", "recurrence", "proof"]
    assert (told["kind"], told["due"], told["recurrence"]) == ("fixed", "2021-04-17T00:00:00+07:00", None)
    assert told["proof"]["last_good_day"] == "2021-04-16"
    assert told["proof"]["ground"] == "BLDS 148.6"
    assert msgspec.json.decode(result.output, type=Due).proof.phrase == "chậm nhất ngày 16/4/2021"


@pytest.mark.parametrize("form", [(), ("--json",)])
def test_an_impossible_phrase_ends_with_2_and_one_line(form: tuple[str, ...]) -> None:
    result = run("trước ngày 31/4/2021", "--issued", "2021-04-01", *form)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert result.stderr == "impossible phrase: there is no day 31/4\n"


def test_a_term_from_receipt_is_pending_until_the_day_of_receipt_is_given() -> None:
    phrase = "05 ngày làm việc kể từ ngày nhận được văn bản này"
    pending = run(phrase, "--issued", "2021-04-15")
    assert "Loại: chờ ngày nhận văn bản" in pending.output
    assert "Lý do: cần ngày nhận văn bản (--received)" in pending.output
    counted = run(phrase, "--issued", "2021-04-15", "--received", "2021-04-19")
    assert "Ngày cuối cùng còn đúng hạn: 27/4/2021" in counted.output
    assert "Tính từ: 19/4/2021" in counted.output
    assert "Ngày nghỉ được bỏ qua: 21/4/2021, 24/4/2021, 25/4/2021" in counted.output


def test_a_recurring_deadline_shows_its_rule_and_its_first_day() -> None:
    result = run("trước ngày 15 hằng tháng", "--issued", "2021-04-01")
    assert "Lặp lại: FREQ=MONTHLY;BYMONTHDAY=15" in result.output
    assert "14/4/2021" in result.output


def test_an_end_in_a_year_without_an_announced_calendar_is_marked() -> None:
    result = run("trong 10 ngày kể từ ngày ký", "--issued", "2039-03-01")
    assert "Lưu ý: lịch nghỉ của năm này chưa được công bố" in result.output


def test_a_day_that_cannot_be_read_is_refused() -> None:
    result = run("trước ngày 16/4/2021", "--issued", "2021/04/01")
    assert result.exit_code == 2
    assert "--issued" in result.stderr


def test_every_kind_and_every_reason_has_its_words() -> None:
    assert set(KINDS) == set(get_args(Kind))
    assert set(REASONS) == set(get_args(Reason))
