"""An office's rules turn a clause's phrase into what our events say of it."""

from datetime import date

import pytest

from services.deadlines.domain.calendar import VIETNAM
from services.deadlines.domain.due import Policy
from services.deadlines.domain.rules import Rules
from tests.support.lives import april

RULES = Rules(Policy())


def test_a_phrase_is_read_with_its_proof() -> None:
    reading = RULES.read("trước ngày 16/4/2021", None)
    assert (reading.kind, reading.due, reading.recurrence) == ("fixed", april(16), None)
    proof = reading.proof
    assert (proof.phrase, proof.last_good_day, proof.calendar_version) == ("trước ngày 16/4/2021", "2021-04-15", VIETNAM.version)
    assert proof.reason is None


def test_a_term_tells_the_days_that_it_skipped() -> None:
    reading = RULES.read("trong thời hạn 15 ngày kể từ ngày ký", date(2021, 4, 15))
    assert reading.proof.days_skipped == ("2021-04-30", "2021-05-01", "2021-05-02", "2021-05-03")
    assert reading.proof.last_good_day == "2021-05-04"


@pytest.mark.parametrize(
    ("phrase", "issued_on", "kind"),
    [
        ("trước ngày 16/4", None, "unresolved"),
        ("trước ngày 16/4", date(2021, 4, 5), "fixed"),
        ("đúng thời gian quy định", date(2021, 4, 5), "unresolved"),
        ("khẩn trương", date(2021, 4, 5), "none"),
        ("5 ngày làm việc kể từ ngày nhận được", date(2021, 4, 5), "pending"),
    ],
)
def test_what_the_words_leave_open_is_never_guessed(phrase: str, issued_on: date | None, kind: str) -> None:
    assert RULES.read(phrase, issued_on).kind == kind


def test_an_impossible_day_is_unresolved_with_its_reason() -> None:
    reading = RULES.read("trước ngày 31/4/2021", None)
    assert (reading.kind, reading.due, reading.proof.rule) == ("unresolved", None, "impossible")
    assert reading.proof.reason is not None
    assert reading.proof.reason.startswith("impossible-phrase: ")


def test_the_policy_of_the_office_counts() -> None:
    assert Rules(Policy(before_includes_day=True)).read("trước ngày 16/4/2021", None).due == april(17)


def test_a_proof_says_from_which_day_a_period_counts() -> None:
    reading = Rules(Policy()).read("trong thời hạn 10 ngày kể từ ngày ký", date(2021, 4, 1))
    assert reading.proof.counted_from == date(2021, 4, 1)


def test_a_proof_says_that_the_days_off_of_its_year_are_not_announced_yet() -> None:
    reading = Rules(Policy()).read("trong thời hạn 10 ngày kể từ ngày ký", date(2031, 4, 1))
    assert reading.proof.provisional
