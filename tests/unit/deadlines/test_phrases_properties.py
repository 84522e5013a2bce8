"""What holds for every phrase: dates survive each way of writing, ends lie after beginnings, noise never breaks."""

import unicodedata
from contextlib import suppress
from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.deadlines.domain.calendar import VIETNAM, day_of, last_good_day, midnight
from services.deadlines.domain.due import Due, ImpossiblePhraseError
from services.deadlines.domain.phrases import compute

DAYS = st.dates(date(2010, 1, 1), date(2040, 12, 31))
FORMS = st.sampled_from(
    [
        "ngày {d}/{m}/{y}",
        "ngày {d:02}/{m:02}/{y}",
        "{d}.{m}.{y}",
        "ngày {d}-{m}-{y}",
        "ngày {d} tháng {m} năm {y}",
        "ngày {d:02} tháng {m:02}, năm {y}",
    ]
)
SPACES = st.sampled_from([" ", "  ", "\n", "\u00a0", " \r\n\t", "\u2009"])
NORMAL_FORMS = st.sampled_from(["NFC", "NFD"])
CASES = st.sampled_from([str, str.upper, str.title])
UNITS = st.sampled_from(["ngày", "ngày làm việc", "tuần"])
VOCABULARY = (
    "trước sau chậm nhất là không quá đến hết hạn cuối cùng trong vòng thời hạn ngày tháng quý năm tuần giờ đầu giữa làm việc "
    "kể từ ký nhận được văn bản này hằng mỗi định kỳ một lần năm mười lăm thứ sáu chủ nhật nay mai sáng chiều II IV 0 1 5 16 31 "
    "2021 99999 16/4/2021 31/4 17h00 24h ( ) , . / - : ; kịp thời theo quy định"
)
WORDS = st.sampled_from(VOCABULARY.split())


def read(phrase: str, issued_on: date) -> Due:
    return compute(phrase, issued_on=issued_on, received_at=None)


@given(DAYS, FORMS, SPACES, NORMAL_FORMS, CASES)
def test_a_date_survives_every_way_of_writing(day: date, form: str, space: str, normal: str, case: type[str]) -> None:
    written = f"trước {form.format(d=day.day, m=day.month, y=day.year)}"
    noisy = unicodedata.normalize(normal, case(written).replace(" ", space))  # type: ignore[arg-type]
    found = read(noisy, day - timedelta(days=30))
    assert (found.kind, found.due) == ("fixed", midnight(day))
    assert found.proof.last_good_day == day - timedelta(days=1)


@given(DAYS, FORMS, st.integers(0, 23), st.integers(0, 59))
def test_an_hour_survives_with_its_day(day: date, form: str, hour: int, minute: int) -> None:
    written = f"trước {hour} giờ {minute:02} {form.format(d=day.day, m=day.month, y=day.year)}"
    assert read(written, day - timedelta(days=1)).due == midnight(day) + timedelta(hours=hour, minutes=minute)


@given(DAYS, DAYS)
def test_a_deadline_is_never_before_its_letter(day: date, issued_on: date) -> None:
    found = read(f"chậm nhất ngày {day.day}/{day.month}/{day.year}", issued_on)
    if day < issued_on:
        assert found.proof.reason == "before-issue"
    elif day.year > issued_on.year + 10:
        assert found.proof.reason == "too-far"
    else:
        assert found.due
        assert found.due > midnight(issued_on)


@given(DAYS, st.integers(1, 200), UNITS)
def test_a_term_ends_on_a_working_day_that_is_no_earlier_than_its_length(issued_on: date, amount: int, unit: str) -> None:
    found = read(f"trong {amount} {unit} kể từ ngày ký", issued_on)
    assert found.due
    last = last_good_day(found.due)
    assert VIETNAM.is_working(last)
    assert last - issued_on >= timedelta(days=amount)
    assert not any(map(VIETNAM.is_working, found.proof.days_skipped))


@given(DAYS, st.integers(1, 100), st.integers(0, 20), UNITS)
def test_a_longer_term_never_ends_earlier(issued_on: date, amount: int, more: int, unit: str) -> None:
    shorter = read(f"{amount} {unit} kể từ ngày ký", issued_on).due
    longer = read(f"{amount + more} {unit} kể từ ngày ký", issued_on).due
    assert shorter
    assert longer
    assert shorter <= longer


@given(DAYS, st.integers(1, 24))
def test_a_term_of_months_ends_on_the_matching_day_or_rolls_from_it(issued_on: date, months: int) -> None:
    found = read(f"{months} tháng kể từ ngày ký", issued_on)
    assert found.due
    last = last_good_day(found.due)
    unrolled = found.proof.days_skipped[0] if found.proof.days_skipped else last
    ahead = (unrolled.year - issued_on.year) * 12 + unrolled.month - issued_on.month
    assert ahead == months
    assert unrolled.day == issued_on.day or (unrolled + timedelta(days=1)).day == 1


@given(st.lists(WORDS, max_size=14).map(" ".join))
def test_any_words_are_read_or_left_open_or_impossible_and_nothing_else(phrase: str) -> None:
    with suppress(ImpossiblePhraseError):
        found = read(phrase, date(2021, 4, 1))
        assert (found.due is None) == (found.proof.last_good_day is None)
        if found.kind in {"fixed", "period"}:
            assert found.due
            assert found.due > midnight(date(2021, 4, 1))
            assert found.due.utcoffset() == timedelta(hours=7)
            assert found.proof.last_good_day in {day_of(found.due), day_of(found.due) - timedelta(days=1)}
        else:
            assert found.proof.reason or found.kind in {"none", "recurring"}


@given(st.text(max_size=60), st.text(alphabet="0123456789/.- ", max_size=40))
def test_any_text_at_all_has_an_answer(text: str, digits: str) -> None:
    for phrase in (text, f"trước ngày {digits}", f"trong {digits} ngày kể từ ngày ký"):
        with suppress(ImpossiblePhraseError):
            assert read(phrase, date(2021, 4, 1)).proof.phrase == phrase
