"""Cursors survive their text form, and nothing else is taken for one."""

import base64
from datetime import UTC, datetime

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.notifications.cursors import InvalidCursorError, Place, Seen
from tests.support.notices import SEED


@given(st.dictionaries(st.integers(0, 999_999), st.integers(0, 10**18 - 1)))
def test_a_vector_survives_its_text_form(positions: dict[int, int]) -> None:
    assert Seen.parse(str(Seen(positions))) == Seen(positions)


def test_a_vector_lists_its_partitions_in_order() -> None:
    assert str(Seen({3: 7, 0: 12})) == "0:12,3:7"


def test_a_position_more_moves_its_own_partition_only() -> None:
    assert Seen({0: 12, 3: 7}).with_position(3, 9) == Seen({0: 12, 3: 9})


@pytest.mark.parametrize("text", ["0", "0:", ":1", "0:1,", "0:1;2:3", "a:b", "0:1 ", "0:-1", "0:1\n", "0:" + "9" * 30])
def test_what_is_no_vector_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursorError):
        Seen.parse(text)


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2100, 1, 1)), st.uuids())  # noqa: DTZ001  made aware below
def test_a_place_survives_its_text_form(issued_at: datetime, notice: object) -> None:
    place = Place(issued_at.replace(tzinfo=UTC), SEED.__class__(str(notice)))
    assert Place.parse(str(place)) == place


@pytest.mark.parametrize("text", ["!", "AAAA", "tiếng Việt", "x" * 100])
def test_what_is_no_place_is_refused(text: str) -> None:
    with pytest.raises(InvalidCursorError):
        Place.parse(text)


@pytest.mark.parametrize("instant", ["2021-04-12T01:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_instant_that_no_notice_has_makes_no_place(instant: str) -> None:
    packed = msgspec.msgpack.encode([instant, str(SEED)])
    with pytest.raises(InvalidCursorError):
        Place.parse(base64.urlsafe_b64encode(packed).decode().rstrip("="))
