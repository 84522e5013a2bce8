"""Reasons that differ only in the values of one record are one cause; what differs in class, place or constraint is not."""

from datetime import UTC, datetime

import pytest

from shared.errors import InvalidMessageError
from shared.streaming.causes import ParkedKey, cause_of, group_by_cause
from shared.streaming.follower import reason_of
from shared.streaming.parking import BEHIND
from shared.web.parked_lot import read_place

ONE = "5b4e4f4e-1111-4222-8333-444455556666"
OTHER = "00000000-0000-4000-8000-0000000000aa"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (f"KeyError: UUID('{ONE}') [services.deadlines.desk.find]", f"KeyError: UUID('{OTHER}') [services.deadlines.desk.find]"),
        ("unknown event type 'vn.dondoc.a.v9'", 'unknown event type "it\'s"'),
        ("event 'a' of '/b' says neither", "event 'c\\'d' of '/e' says neither"),
        ("JSON is malformed: invalid character (byte 12)", "JSON is malformed: invalid character (byte 7)"),
        ("facts/1/3 is late by 2021-04-15T10:00:00+07:00", "other-facts/2/44 is late by 2021-04-16T10:00:00+07:00"),
        ("unit H10.21 is gone", "unit 000.00.01.H49 is gone"),
        (
            f'UniqueViolationError: violates unique constraint "task_pkey"\nDETAIL:  Key (id)=({ONE}) already exists.',
            f'UniqueViolationError: violates unique constraint "task_pkey"\nDETAIL:  Key (id)=({OTHER}) already exists.',
        ),
    ],
)
def test_values_of_one_record_are_no_part_of_the_cause(one: str, other: str) -> None:
    assert cause_of(one) == cause_of(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("KeyError: 'a' [services.deadlines.desk.find]", "KeyError: 'a' [services.deadlines.desk.store]"),
        ("KeyError: 'a'", "ValueError: 'a'"),
        (
            'UniqueViolationError: duplicate key value violates unique constraint "task_pkey"',
            'UniqueViolationError: duplicate key value violates unique constraint "plan_pkey"',
        ),
        (
            "UniqueViolationError: duplicate value\nDETAIL:  Key (id)=(1). [services.a.put]",
            "UniqueViolationError: duplicate value\nDETAIL:  Key (id)=(1). [services.b.put]",
        ),
        ("Expected `int`, got `str` - at `$.data.year`", "Expected `int`, got `str` - at `$.data.number`"),
        ("bad", BEHIND),
    ],
)
def test_class_place_constraint_and_member_are_part_of_the_cause(one: str, other: str) -> None:
    assert cause_of(one).code != cause_of(other).code


def test_a_code_names_its_kind_and_stays_the_same() -> None:
    assert cause_of("ZeroDivisionError: division by zero").code == "zero-division-b51373"
    assert cause_of("still bad").code.startswith("invalid-")
    assert cause_of(BEHIND).code == "behind"
    assert cause_of("").code.startswith("invalid-")


def test_a_reason_names_the_place_in_our_code_of_what_nobody_foresaw() -> None:
    def reason(place: object) -> str:
        try:
            read_place(place)  # type: ignore[arg-type]
        except AttributeError as error:
            return reason_of(error)
        raise AssertionError

    assert reason(1) == "AttributeError: 'int' object has no attribute 'partition' [shared.web.parked_lot.read_place]"
    assert reason_of(InvalidMessageError("bad")) == "bad"
    assert reason_of(ValueError("bad")) == "ValueError: bad"


def parked(offset: int, reason: str, behind: int = 0, day: int = 1) -> ParkedKey:
    return ParkedKey("facts", 0, offset, b"key %d" % offset, reason, datetime(2026, 11, day, tzinfo=UTC), behind)


def test_keys_are_grouped_and_the_cause_that_holds_back_most_comes_first() -> None:
    keys = [parked(1, "ValueError: 'a'"), parked(2, "KeyError: 'a'", 5, day=3), parked(3, "KeyError: 'b'", day=2)]
    first, second = group_by_cause(keys)
    assert [key.offset for key in first.keys] == [3, 2]
    assert (first.records, first.since, first.topics) == (7, datetime(2026, 11, 2, tzinfo=UTC), ["facts"])
    assert [key.offset for key in second.keys] == [1]
