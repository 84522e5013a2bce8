"""What a plan leaves out of what its task demands: given when then, and properties."""

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.directives.domain.plan_review import PARTS, LineReview, Place, Review, place_of, review
from shared.contracts.directives import PlanLevel, PlanRequirement
from shared.contracts.indexes import PartScore
from shared.contracts.work import PlanItem

STEERING, PROCEDURES = "Công tác chỉ đạo điều hành", "Cải cách thủ tục hành chính"
IN_TIME, ONE_DOOR = "Giải quyết hồ sơ", "Một cửa"
INDEX = (
    PartScore(area=STEERING, maximum=10, appraised_score=6),
    PartScore(area=PROCEDURES, criterion=IN_TIME),
    PartScore(area=PROCEDURES, criterion=ONE_DOOR, component="Công khai thủ tục"),
    PartScore(area=PROCEDURES, criterion=ONE_DOOR, component="Trả hồ sơ đúng hẹn"),
)
ALL = PlanRequirement(by=("area", "criterion", "component"), parts=PARTS)
WHOLE = PlanItem(
    area=STEERING, shortcoming="Kế hoạch chậm", cause="Phân công chưa rõ", solution="Giao việc theo tuần", time="Quý II",
    responsible_head="Trưởng phòng Nội vụ",
)  # fmt: skip


def line(area: str = STEERING, criterion: str | None = None, component: str | None = None, **said: Any) -> PlanItem:
    return replace(WHOLE, area=area, criterion=criterion, component=component, **said)


COMPLETE = (
    line(),
    line(PROCEDURES, IN_TIME),
    line(PROCEDURES, ONE_DOOR, "Công khai thủ tục"),
    line(PROCEDURES, ONE_DOOR, "Trả hồ sơ đúng hẹn"),
)


class Demand:
    """What a task demands, and what then comes of a plan."""

    def __init__(self, requires: PlanRequirement = ALL, index: Sequence[PartScore] = INDEX) -> None:
        self._requires, self._index = requires, index

    def when_handed_in(self, *items: PlanItem) -> Review:
        return review(self._requires, self._index, items)


def test_a_plan_that_says_all_of_every_place_is_complete() -> None:
    found = Demand().when_handed_in(*COMPLETE)
    assert found == Review((), (), ())
    assert found.is_complete


def test_an_area_that_is_not_there_is_told_once_and_not_with_all_that_is_in_it() -> None:
    assert Demand().when_handed_in(line()).absent == (Place(PROCEDURES),)


def test_a_criterion_that_is_not_there_is_told_where_its_area_is() -> None:
    found = Demand().when_handed_in(line(), line(PROCEDURES, IN_TIME))
    assert found.absent == (Place(PROCEDURES, ONE_DOOR),)


def test_a_component_that_is_not_there_is_told_where_its_criterion_is() -> None:
    found = Demand().when_handed_in(*COMPLETE[:3])
    assert found.absent == (Place(PROCEDURES, ONE_DOOR, "Trả hồ sơ đúng hẹn"),)
    assert not found.is_complete


def test_each_line_tells_which_parts_it_does_not_say_and_blanks_say_nothing() -> None:
    lacking = line(PROCEDURES, IN_TIME, cause=None, time="  ")
    found = Demand().when_handed_in(COMPLETE[0], lacking, *COMPLETE[2:])
    assert found.lines == (LineReview(1, ("cause", "time"), is_unknown=False),)
    assert not found.is_complete


def test_only_the_parts_that_are_demanded_are_missed() -> None:
    requires = replace(ALL, parts=("cause", "solution"))
    bare = line(shortcoming=None, time=None, responsible_head=None)
    assert Demand(requires, ()).when_handed_in(bare, *COMPLETE[2:]).lines == ()


def test_a_line_above_the_levels_that_are_demanded_is_a_heading() -> None:
    heading = PlanItem(area=PROCEDURES)
    requires = replace(ALL, by=("component",))
    assert Demand(requires).when_handed_in(heading, *COMPLETE[2:]) == Review((), (), ())


def test_where_only_components_are_demanded_each_one_is_told() -> None:
    requires = replace(ALL, by=("component",))
    absent = Demand(requires).when_handed_in(line()).absent
    assert [place.component for place in absent] == ["Công khai thủ tục", "Trả hồ sơ đúng hẹn"]


def test_names_differ_by_accents_and_not_by_case_blanks_or_a_full_stop() -> None:
    same = line("  CÔNG TÁC chỉ đạo   điều hành.")
    other = line("Cong tac chi dao dieu hanh")
    assert Place(STEERING) not in Demand().when_handed_in(same).absent
    found = Demand().when_handed_in(other)
    assert Place(STEERING) in found.absent
    assert found.lines == (LineReview(0, (), is_unknown=True),)


def test_a_place_that_the_index_does_not_have_is_too_much_and_not_too_little() -> None:
    found = Demand().when_handed_in(*COMPLETE, line("Chuyển đổi số"))
    assert found.lines == (LineReview(4, (), is_unknown=True),)
    assert found.is_complete


def test_a_component_without_its_criterion_is_found_within_its_area() -> None:
    found = Demand(replace(ALL, by=("component",))).when_handed_in(line(PROCEDURES, None, "Công khai thủ tục"), COMPLETE[3])
    assert found == Review((), (), ())


@pytest.mark.parametrize(
    ("items", "levels"),
    [((), ("area", "criterion", "component")), ((line(),), ("criterion", "component")), (COMPLETE, ())],
)
def test_without_an_index_each_level_has_to_be_there_at_all(items: Sequence[PlanItem], levels: Sequence[PlanLevel]) -> None:
    assert Demand(index=()).when_handed_in(*items).absent_levels == tuple(levels)


NAMES = st.sampled_from(["Một", "Hai", "Ba"])
PARTS_OF_INDEX = (
    st.builds(PartScore, area=NAMES, criterion=NAMES)
    | st.builds(PartScore, area=NAMES)
    | st.builds(PartScore, area=NAMES, criterion=NAMES, component=NAMES)
)
INDEXES = st.lists(PARTS_OF_INDEX, min_size=1, max_size=12)
SAID = st.sampled_from([None, " ", "Có"])
ITEMS = st.lists(
    st.builds(
        PlanItem, area=NAMES, criterion=st.none() | NAMES, component=st.none() | NAMES, shortcoming=SAID, cause=SAID, solution=SAID,
        time=SAID, responsible_head=SAID,
    ),
    max_size=12,
)  # fmt: skip
REQUIREMENTS = st.builds(
    PlanRequirement,
    by=st.sets(st.sampled_from(["area", "criterion", "component"]), min_size=1).map(tuple),
    parts=st.sets(st.sampled_from(PARTS), min_size=1).map(tuple),
)


@given(REQUIREMENTS, INDEXES)
def test_a_full_line_for_each_part_of_the_index_is_always_enough(requires: PlanRequirement, index: list[PartScore]) -> None:
    items = [line(*place_of(part)) for part in index]
    assert review(requires, index, items) == Review((), (), ())


@given(REQUIREMENTS, INDEXES, ITEMS, ITEMS)
def test_more_lines_never_leave_more_out_of_the_index(
    requires: PlanRequirement, index: list[PartScore], items: list[PlanItem], more: list[PlanItem]
) -> None:
    before, after = review(requires, index, items), review(requires, index, [*items, *more])
    assert all(any(place[: len(above)] == above for above in map(_prefix, before.absent)) for place in after.absent)
    assert after.lines[: len(before.lines)] == before.lines


def _prefix(place: Place) -> tuple[str | None, ...]:
    return tuple(name for name in place if name is not None)


@given(REQUIREMENTS, INDEXES, ITEMS)
def test_what_is_absent_is_demanded_and_in_no_line_and_within_nothing_else_that_is(
    requires: PlanRequirement, index: list[PartScore], items: list[PlanItem]
) -> None:
    absent = review(requires, index, items).absent
    assert len(set(absent)) == len(absent)
    for place in absent:
        assert place.level in requires.by
        assert place not in [place_of(item) for item in items]
        assert not any(other != place and _prefix(place)[: len(_prefix(other))] == _prefix(other) for other in absent)


@given(REQUIREMENTS, INDEXES, ITEMS)
def test_a_plan_that_is_mended_by_what_was_told_is_complete(
    requires: PlanRequirement, index: list[PartScore], items: list[PlanItem]
) -> None:
    mended = list(items)
    while not (found := review(requires, index, mended)).is_complete:
        for each in found.lines:
            mended[each.item] = replace(mended[each.item], **dict.fromkeys(each.missing, "Có"))
        mended += [line(*place) for place in found.absent]
    assert review(requires, index, mended).absent == ()
