"""When a delivery is tried again."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.domain.retries import ATTEMPTS, JITTER, LONGEST, SCHEDULE, read_retry_after, wait_before

NOW = datetime(2026, 4, 12, 1, 0, tzinfo=UTC)
DRAWS = st.floats(0, 1)
ANY_ATTEMPT = st.integers(1, ATTEMPTS)


def test_the_steps_are_those_that_were_promised() -> None:
    minutes = [0, 5 / 60, 5, 30, 120, 300, 600, 840, 1200, 1440]
    assert [wait_before(attempt, 0.5) for attempt in range(1, 11)] == [timedelta(minutes=each) for each in minutes]


def test_after_the_last_attempt_nothing_more_is_tried() -> None:
    assert wait_before(ATTEMPTS, 0) is not None
    assert wait_before(ATTEMPTS + 1, 0) is None


@given(ANY_ATTEMPT, DRAWS)
def test_a_wait_lies_within_its_jitter(attempt: int, draw: float) -> None:
    step, wait = SCHEDULE[attempt - 1], wait_before(attempt, draw)
    assert wait is not None
    assert step * (1 - JITTER) <= wait <= step * (1 + JITTER)


@given(ANY_ATTEMPT, DRAWS, DRAWS)
def test_a_later_draw_never_waits_less(attempt: int, one: float, other: float) -> None:
    early, late = wait_before(attempt, min(one, other)), wait_before(attempt, max(one, other))
    assert early is not None
    assert late is not None
    assert early <= late


@given(ANY_ATTEMPT, DRAWS, st.timedeltas(timedelta(0), LONGEST))
def test_what_a_receiver_asks_for_only_lengthens_the_wait(attempt: int, draw: float, asked: timedelta) -> None:
    own, wait = wait_before(attempt, draw), wait_before(attempt, draw, asked=asked)
    assert own is not None
    assert wait == max(own, asked)


@given(ANY_ATTEMPT, DRAWS, st.sampled_from([0.0, 0.001, 0.5, 2.0]))
def test_the_scale_stretches_everything(attempt: int, draw: float, scale: float) -> None:
    own = wait_before(attempt, draw)
    assert own is not None
    assert wait_before(attempt, draw, scale=scale) == own * scale


@pytest.mark.parametrize(
    ("value", "wait"),
    [
        ("120", timedelta(minutes=2)),
        (" 0 ", timedelta(0)),
        ("86401", LONGEST),
        ("9" * 5_000, LONGEST),
        ("Sun, 12 Apr 2026 01:00:30 GMT", timedelta(seconds=30)),
        ("Sun, 12 Apr 2026 00:59:00 GMT", timedelta(0)),
        ("Sun, 12 Apr 2026 08:00:30 +0700", timedelta(seconds=30)),
        ("Fri, 31 Dec 9999 23:59:59 GMT", LONGEST),
        ("", None),
        (None, None),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("²", None),
        ("Mon, 99 Foo 2026 00:00:00 GMT", None),
        ("Mon, 01 Jan 99999999999999999999 00:00:00 GMT", None),
        ("Mon, 01 Jan 2026 00:00:00 -99999999999999999999", None),
    ],
)
def test_retry_after_is_seconds_or_a_date_within_bounds(value: str | None, wait: timedelta | None) -> None:
    assert read_retry_after(value, NOW) == wait


@given(st.text(max_size=60) | st.from_regex(r"[0-9A-Za-z,: +-]{0,40}"))
def test_no_header_is_too_odd(value: str) -> None:
    wait = read_retry_after(value, NOW)
    assert wait is None or timedelta(0) <= wait <= LONGEST


@given(st.integers(-(10**9), 10**9))
def test_a_date_is_read_to_the_second(seconds: int) -> None:
    at = NOW + timedelta(seconds=seconds)
    wait = read_retry_after(format_datetime(at, usegmt=True), NOW)
    assert wait == min(max(timedelta(seconds=seconds), timedelta(0)), LONGEST)
