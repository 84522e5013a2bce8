"""The list of communes of 1/7/2025 and files of successions: what they come to, and what of them is told rather than guessed."""

from datetime import date

import pytest

from services.directives.domain.communes import Mapped, map_communes
from services.directives.domain.succession_files import plan_successions, read_successions
from services.directives.domain.unit_files import Known, Step
from shared.contracts.registry import UnitSucceeded, unit_key

HEADER = 'Tỉnh,"Phường, xã mới","Phường, xã trước sáp nhập"\n'
DAY = date(2025, 7, 1)


def mapped(rows: str) -> Mapped:
    """Return what a list comes to, with the code of its province."""
    return map_communes("\ufeff" + HEADER + rows, {"Bình Phước": "H10"})


def test_new_and_old_units_get_provisional_codes_in_the_order_of_the_list() -> None:
    found = mapped('Bình Phước,Phước Long,"Phường Long Thủy, Xã Phước Tín"\nBình Phước,Phước Bình,Phường Phước Bình\n')
    assert [tuple(unit) for unit in found.units] == [
        ("H10.M001", "Phước Long, Bình Phước", "H10", "2025-07-01"),
        ("H10.C0001", "Phường Long Thủy, Bình Phước", "", ""),
        ("H10.C0002", "Xã Phước Tín, Bình Phước", "", ""),
        ("H10.M002", "Phước Bình, Bình Phước", "H10", "2025-07-01"),
        ("H10.C0003", "Phường Phước Bình, Bình Phước", "", ""),
    ]
    assert [(each.code, each.successor_code) for each in found.successors] == [
        ("H10.C0001", "H10.M001"), ("H10.C0002", "H10.M001"), ("H10.C0003", "H10.M002"),
    ]  # fmt: skip


def test_a_unit_that_was_split_has_several_successors_and_districts_tell_units_of_one_name_apart() -> None:
    found = mapped(
        'Bình Phước,Một,"Xã Bình An (huyện Đồng Phú), Xã Tân Lập (một phần)"\n'
        'Bình Phước,Hai,"Xã Bình An (huyện Lộc Ninh), Xã Tân Lập (phần còn lại sau khi sáp nhập vào xã Một, theo đề án)"\n'
    )
    assert [unit.name for unit in found.units if ".C" in unit.code] == [
        "Xã Bình An (huyện Đồng Phú), Bình Phước", "Xã Tân Lập, Bình Phước", "Xã Bình An (huyện Lộc Ninh), Bình Phước",
    ]  # fmt: skip
    assert [(each.code, each.successor_code) for each in found.successors if each.code == "H10.C0002"] == [
        ("H10.C0002", "H10.M001"), ("H10.C0002", "H10.M002"),
    ]  # fmt: skip


@pytest.mark.parametrize("before", ["", "Không sáp nhập"])
def test_a_unit_that_was_not_merged_succeeds_nobody(before: str) -> None:
    assert mapped(f"Bình Phước,Bù Gia Mập,{before}\n").successors == []


def test_what_is_no_name_of_a_unit_is_told_by_its_line() -> None:
    found = mapped('Bình Phước,Một,"Trường bắn TB1, Phường\u00a05"\n')
    assert (found.unread, [unit.name for unit in found.units]) == (
        [(2, "Trường bắn TB1")], ["Một, Bình Phước", "Phường 5, Bình Phước"],
    )  # fmt: skip


@pytest.mark.parametrize("text", ["Tỉnh,Xã\nA,B\n", HEADER + "Nơi khác,Một,\n"])
def test_another_file_and_a_province_without_a_code_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"columns should be|no code for the province Nơi khác"):
        map_communes(text, {"Bình Phước": "H10"})


KNOWN = {code: Known(unit_key(code), code) for code in ("H1", "H2", "H3")}


def test_lines_of_one_unit_and_day_are_one_fact_and_those_that_stand_are_passed_over() -> None:
    lines, faults = read_successions(b"code,successor_code,valid_from\nH1,H2,1/7/2025\nH1,H3,2025-07-01\nH2,H3,2025-07-01\n")
    assert faults == []
    work = plan_successions(lines, KNOWN, {(unit_key("H2"), unit_key("H3"), DAY)})
    expected = UnitSucceeded(successors=(unit_key("H2"), unit_key("H3")), valid_from=DAY)
    assert (work.waves, work.passed_over) == ([[Step(2, "H1", unit_key("H1"), expected)]], 1)


def test_a_fact_names_at_most_fifty_successors() -> None:
    many = {f"H9.{number}": Known(unit_key(f"H9.{number}"), "x") for number in range(1, 61)}
    text = "code,successor_code,valid_from\n" + "".join(f"H1,{code},2025-07-01\n" for code in many)
    (wave,) = plan_successions(read_successions(text.encode())[0], {**KNOWN, **many}, ()).waves
    assert [len(step.data.successors) for step in wave if isinstance(step.data, UnitSucceeded)] == [50, 10]


def test_faults_of_successions_are_told_by_line_and_column() -> None:
    text = "code,successor_code,valid_from\n,H2,2025-07-01\nH1,H1,2025-07-01\nH1,H2,mai\nH1,H2,\n"
    assert [(fault.line, fault.column) for fault in read_successions(text.encode())[1]] == [
        (2, "code"), (3, "successor_code"), (4, "valid_from"), (5, "valid_from"),
    ]  # fmt: skip
    lines, _ = read_successions(b"code,successor_code,valid_from\nH1,H8,2025-07-01\n")
    assert [(fault.line, fault.column) for fault in plan_successions(lines, KNOWN, ()).faults] == [(2, "successor_code")]
