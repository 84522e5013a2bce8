"""What changed between two versions of a plan: given when then, and properties."""

from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from services.directives.domain.plan_changes import LineChange, PartChange, changes_of
from services.directives.domain.plan_review import Place
from shared.contracts.work import PlanItem

FIRST = PlanItem(area="Chỉ đạo điều hành", shortcoming="Chậm", solution="Giao theo tuần")
SECOND = PlanItem(area="Thủ tục hành chính", criterion="Một cửa", cause="Thiếu người")

NAMES = st.sampled_from(["Một", "Hai"])
ITEMS = st.lists(st.builds(PlanItem, area=NAMES, criterion=st.none() | NAMES, cause=st.none() | NAMES), max_size=6)


def test_a_version_that_says_the_same_has_no_changes() -> None:
    assert changes_of([FIRST, SECOND], [SECOND, FIRST]) == ()


def test_a_part_that_was_filled_in_is_told_with_what_stood_there() -> None:
    mended = replace(FIRST, cause="Phân công chưa rõ", solution="Giao theo ngày")
    (change,) = changes_of([FIRST], [mended])
    assert change.place == Place("Chỉ đạo điều hành")
    assert change.parts == (PartChange("cause", None, "Phân công chưa rõ"), PartChange("solution", "Giao theo tuần", "Giao theo ngày"))
    assert not change.is_new
    assert not change.is_gone


def test_lines_that_are_new_or_gone_are_told_as_such() -> None:
    new, gone = changes_of([FIRST], [SECOND])
    assert new == LineChange(Place("Thủ tục hành chính", "Một cửa"), is_new=True)
    assert gone.place == Place("Chỉ đạo điều hành")
    assert gone.is_gone


def test_two_lines_of_one_place_are_compared_in_order() -> None:
    other = replace(FIRST, shortcoming="Thiếu kiểm tra")
    assert changes_of([FIRST, other], [FIRST]) == (LineChange(Place("Chỉ đạo điều hành"), is_new=False),)
    assert changes_of([FIRST], [FIRST, other]) == (LineChange(Place("Chỉ đạo điều hành"), is_new=True),)


@given(ITEMS)
def test_nothing_changed_in_what_is_the_same(items: list[PlanItem]) -> None:
    assert changes_of(items, items) == ()


@given(ITEMS, ITEMS)
def test_what_is_new_one_way_is_gone_the_other_way(before: list[PlanItem], after: list[PlanItem]) -> None:
    there, back = changes_of(before, after), changes_of(after, before)
    assert sum(each.is_new for each in there) == sum(each.is_gone for each in back)
    assert sum(bool(each.parts) for each in there) == sum(bool(each.parts) for each in back)
    assert len(after) - len(before) == sum(each.is_new for each in there) - sum(each.is_gone for each in there)
