"""Conferences that get in each other's way: given when then, and properties."""

from datetime import UTC, datetime, timedelta
from itertools import combinations
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from services.directives.domain.clashes import OPEN_END, Clash, Meeting, clashes_of

FIRST, SECOND, THIRD = UUID(int=1), UUID(int=2), UUID(int=3)
HOME_AFFAIRS, FINANCE = UUID(int=101), UUID(int=102)
EIGHT = datetime(2021, 4, 26, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)

TIMES = st.integers(0, 12).map(lambda hours: EIGHT + hours * HOUR)
MEETINGS = st.lists(
    st.builds(
        Meeting,
        id=st.integers(1, 10_000).map(lambda number: UUID(int=number)),
        starts_at=TIMES,
        ends_at=st.none(),
        place=st.sampled_from(["Hội trường A", "hội trường  a.", "Phòng họp số 2"]),
        chair=st.sampled_from([None, "Chủ tịch UBND thị xã", "Phó Chủ tịch"]),
        units=st.frozensets(st.sampled_from([HOME_AFFAIRS, FINANCE])),
        is_cancelled=st.booleans(),
    ).flatmap(
        lambda meeting: st.sampled_from([None, HOUR, 5 * HOUR]).map(
            lambda length: Meeting(
                meeting.id, meeting.starts_at, None if length is None else meeting.starts_at + length, meeting.place, meeting.chair,
                meeting.units, meeting.is_cancelled,
            )
        )
    ),
    max_size=12,
    unique_by=lambda meeting: meeting.id,
)  # fmt: skip


def test_one_place_at_overlapping_times_is_a_clash_of_both() -> None:
    first = Meeting(FIRST, EIGHT, EIGHT + 2 * HOUR, "Hội trường A")
    second = Meeting(SECOND, EIGHT + HOUR, EIGHT + 3 * HOUR, "hội trường  A.")
    assert clashes_of([second, first]) == {FIRST: [Clash(SECOND, "place")], SECOND: [Clash(FIRST, "place")]}


def test_a_place_is_free_at_the_very_hour_at_which_a_conference_ends() -> None:
    first = Meeting(FIRST, EIGHT, EIGHT + 2 * HOUR, "Hội trường A")
    second = Meeting(SECOND, EIGHT + 2 * HOUR, None, "Hội trường A")
    assert clashes_of([first, second]) == {}


def test_an_open_end_counts_as_two_hours() -> None:
    first = Meeting(FIRST, EIGHT, None, "Hội trường A")
    second = Meeting(SECOND, EIGHT + 2 * HOUR - timedelta(minutes=1), None, "Hội trường A")
    third = Meeting(THIRD, EIGHT + 2 * HOUR, None, "Hội trường B")
    assert set(clashes_of([first, second, third])) == {FIRST, SECOND}
    assert timedelta(hours=2) == OPEN_END


def test_a_unit_and_a_chair_cannot_be_in_two_places() -> None:
    first = Meeting(FIRST, EIGHT, None, "Hội trường A", "Đồng chí Lê Văn Mẫu", frozenset({HOME_AFFAIRS, FINANCE}))
    second = Meeting(SECOND, EIGHT, None, "Hội trường B", "đồng chí Lê Văn Mẫu", frozenset({FINANCE}))
    assert clashes_of([first, second])[FIRST] == [Clash(SECOND, "chair"), Clash(SECOND, "unit", FINANCE)]


def test_names_that_differ_by_accents_are_different_names() -> None:
    first = Meeting(FIRST, EIGHT, None, "Hội trường Bà Tơ")
    second = Meeting(SECOND, EIGHT, None, "Hội trường Ba Tơ")
    assert clashes_of([first, second]) == {}


def test_a_cancelled_conference_is_in_nobodys_way() -> None:
    first = Meeting(FIRST, EIGHT, None, "Hội trường A", is_cancelled=True)
    second = Meeting(SECOND, EIGHT, None, "Hội trường A")
    assert clashes_of([first, second]) == {}


@given(MEETINGS)
def test_clashes_are_those_that_a_look_at_every_pair_finds(meetings: list[Meeting]) -> None:
    pairs = {
        frozenset({one.id, other.id})
        for one, other in combinations(meetings, 2)
        if one.starts_at < other.until and other.starts_at < one.until and not (one.is_cancelled or other.is_cancelled)
    }
    found = clashes_of(meetings)
    assert {frozenset({name, clash.other}) for name, each in found.items() for clash in each} <= pairs
    same_place = {
        pair
        for pair in pairs
        for one, other in combinations([each for each in meetings if each.id in pair], 2)
        if ("hội trường" in one.place.casefold()) == ("hội trường" in other.place.casefold())
    }
    assert {frozenset({name, clash.other}) for name, each in found.items() for clash in each if clash.kind == "place"} == same_place


@given(MEETINGS)
def test_a_clash_stands_with_both_and_with_nobody_alone(meetings: list[Meeting]) -> None:
    found = clashes_of(meetings)
    for name, clashes in found.items():
        assert clashes
        for clash in clashes:
            assert clash.other != name
            assert Clash(name, clash.kind, clash.unit) in found[clash.other]


@given(MEETINGS, st.randoms())
def test_the_order_in_which_conferences_are_told_does_not_matter(meetings: list[Meeting], random: object) -> None:
    shuffled = list(meetings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert clashes_of(shuffled) == clashes_of(meetings)
