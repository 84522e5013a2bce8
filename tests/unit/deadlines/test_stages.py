"""When stages of a deadline fire, told by the days of April 2021."""

from datetime import date

from services.deadlines.domain.calendar import HANOI, VIETNAM, end_of, midnight
from services.deadlines.domain.due import Policy
from services.deadlines.domain.stages import Stage, stages

USUAL = Policy()


def told(found: tuple[Stage, ...]) -> list[tuple[str, str]]:
    return [(stage.name, f"{stage.at.astimezone(HANOI):%Y-%m-%d %H:%M}") for stage in found]


def test_stages_fire_three_and_one_working_days_before_the_last_good_day_and_when_missed() -> None:
    # Last good day Thursday 15/4/2021.
    assert told(stages(midnight(date(2021, 4, 16)), VIETNAM, USUAL)) == [
        ("approaching-3", "2021-04-12 00:00"),
        ("approaching-1", "2021-04-14 00:00"),
        ("missed", "2021-04-16 00:00"),
    ]


def test_days_off_push_the_warnings_ahead() -> None:
    # Last good day 30/4/2021 is itself a day off.
    assert told(stages(end_of(date(2021, 4, 30)), VIETNAM, USUAL)) == [
        ("approaching-3", "2021-04-27 00:00"),
        ("approaching-1", "2021-04-29 00:00"),
        ("missed", "2021-05-01 00:00"),
    ]


def test_an_hour_of_the_day_is_missed_at_that_hour() -> None:
    due = midnight(date(2021, 4, 22)).replace(hour=17)
    assert told(stages(due, VIETNAM, USUAL))[1:] == [("approaching-1", "2021-04-20 00:00"), ("missed", "2021-04-22 17:00")]


def test_a_stage_from_before_the_deadline_was_set_is_left_out_but_missed_never_is() -> None:
    due = midnight(date(2021, 4, 16))
    assert [stage.name for stage in stages(due, VIETNAM, USUAL, set_at=midnight(date(2021, 4, 13)))] == [
        "approaching-1",
        "missed",
    ]
    assert [stage.name for stage in stages(due, VIETNAM, USUAL, set_at=midnight(date(2021, 5, 1)))] == ["missed"]


def test_a_stage_at_the_instant_of_setting_is_kept() -> None:
    due = midnight(date(2021, 4, 16))
    assert len(stages(due, VIETNAM, USUAL, set_at=midnight(date(2021, 4, 12)))) == 3


def test_the_policy_names_the_working_days_ahead() -> None:
    policy = Policy(approaching=(1, 7, 3, 3))
    found = stages(midnight(date(2021, 4, 16)), VIETNAM, policy)
    assert [(stage.name, stage.working_days_left) for stage in found] == [
        ("approaching-7", 7),
        ("approaching-3", 3),
        ("approaching-1", 1),
        ("missed", 0),
    ]
