"""Files of units: read by line and column, compared with the registry, turned into facts parents first."""

import time
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.directives.domain.unit_files import Known, Line, Work, codes_in, plan, read_day, read_file
from shared.contracts.registry import UnitRegistered, UnitRenamed, unit_key

TODAY = date(2025, 7, 2)
HEADER = "code,name,short_name,parent_code,valid_from\n"


def read(text: str) -> list[Line]:
    """Return the lines of a file without faults."""
    lines, faults = read_file(text.encode())
    assert faults == []
    return lines


def faults_of(text: str) -> list[tuple[int, str]]:
    """Return where a file has faults."""
    return [(fault.line, fault.column) for fault in read_file(text.encode())[1]]


def codes_of(work: Work) -> list[list[str]]:
    """Return the codes of each wave."""
    return [[step.code for step in wave] for wave in work.waves]


@pytest.mark.parametrize(
    "text",
    [
        HEADER + "H10.21,UBND thị xã,UBND,H10,2009-08-11\n",
        "\ufeff" + HEADER.replace(",", ";") + "H10.21;UBND thị xã;UBND;H10;11/8/2009\r\n",
        "sep=;\r\nCode; Name;parent_code;short_name;valid_from\r\n021.H10;UBND thị xã;H10;UBND;11.8.2009\r\n",
        HEADER.replace(",", "\t") + "h10.21\t UBND thị xã \tUBND\t000.H10\t11-8-2009",
    ],
)
def test_commas_semicolons_tabs_a_byte_order_mark_and_both_schemes_are_read_alike(text: str) -> None:
    (line,) = read(text)
    assert line[1:] == ("H10.21", "UBND thị xã", "UBND", "H10", date(2009, 8, 11))


def test_names_with_commas_and_quotes_are_read_and_lines_are_counted_with_their_breaks() -> None:
    lines = read('code,name\nH1,"Phòng ""A"", B"\n\nH2,"Hai\ndòng"\nH3,Ba\n')
    assert [(line.number, line.name) for line in lines] == [(2, 'Phòng "A", B'), (5, "Hai\ndòng"), (6, "Ba")]


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", [(1, "code"), (1, "name")]),
        ("name\nA\n", [(1, "code")]),
        ("code,name,colour\nH1,A,đỏ\n", [(1, "colour")]),
        ("code,name,name\nH1,A,B\n", [(1, "")]),
        ("code,name\n,A\nH1,\n", [(2, "code"), (3, "name")]),
        ("code,name\nH..1,A\n", [(2, "code")]),
        (f"code,name\nH1,A\nH2,{'A' * 200_000}\n", [(3, "")]),
        (f"{'A' * 200_000},name\n", [(1, "")]),
        (f"code,name\n{'H' * 36},A\nH1,{'a' * 501}\n", [(2, "code"), (3, "name")]),
        ("code,name\nH10.21,A\n021.H10,B\n", [(3, "code")]),
        ("code,name,parent_code,valid_from\nH1,A,x y,hôm nay\n", [(2, "parent_code"), (2, "valid_from")]),
    ],
)
def test_what_is_wrong_is_told_by_line_and_column(text: str, where: list[tuple[int, str]]) -> None:
    assert faults_of(text) == where


def test_a_file_that_is_not_utf_8_is_told_by_its_line() -> None:
    lines, faults = read_file(b"code,name\nH1,\xd0\xff\n")
    assert (lines, [(fault.line, fault.column) for fault in faults]) == ([], [(2, "")])


@pytest.mark.parametrize(
    ("text", "day"), [("2025-07-01", date(2025, 7, 1)), ("1/7/2025", date(2025, 7, 1)), ("31/2/2025", None), ("7", None)]
)
def test_days_are_read_as_iso_or_as_people_write_them(text: str, day: date | None) -> None:
    assert read_day(text) == day


def test_parents_come_before_their_children_whatever_the_order_of_the_lines() -> None:
    lines = read("code,name,parent_code\nH1.2.3,C,H1.2\nH1.2,B,H1\nH1,A,\nH1.9,D,H1\n")
    work = plan(lines, {}, today=TODAY)
    assert codes_of(work) == [["H1"], ["H1.2", "H1.9"], ["H1.2.3"]]
    step = work.waves[2][0]
    assert (step.line, step.key) == (2, unit_key("H1.2.3"))
    assert step.data == UnitRegistered(code="H1.2.3", name="C", parent=unit_key("H1.2"))


def test_a_parent_may_be_registered_already_under_an_id_of_its_own() -> None:
    lines = read("code,name,parent_code\nH1.2,B,H1\n")
    assert codes_in(lines) == {"H1", "H1.2"}
    known = {"H1": Known(unit_key("another"), "A")}
    (step,) = plan(lines, known, today=TODAY).waves[0]
    assert step.data == UnitRegistered(code="H1.2", name="B", parent=unit_key("another"))


def test_a_parent_that_is_nowhere_and_a_circle_are_faults_and_nothing_is_registered() -> None:
    work = plan(read("code,name,parent_code\nH1,A,H2\nH2,B,H1\nH3,C,H9\nH4,D,H1\n"), {}, today=TODAY)
    assert [(fault.line, fault.column) for fault in work.faults] == [(2, "parent_code"), (3, "parent_code"), (4, "parent_code")]
    assert codes_of(work) == []


KNOWN = {"H1": Known(unit_key("H1"), "Cũ", "C"), "H2": Known(unit_key("H2"), "Hai", None, unit_key("H1"))}


def test_registered_units_that_are_equal_are_passed_over_and_an_empty_cell_says_nothing() -> None:
    work = plan(read("code,name,short_name,parent_code\nH1,Cũ,,\nH2,Hai,,H1\n"), KNOWN, today=TODAY)
    assert (codes_of(work), work.passed_over, work.differences) == ([], 2, [])


def test_another_name_is_told_and_becomes_a_fact_only_where_asked_for() -> None:
    lines = read("code,name,short_name,parent_code,valid_from\nH1,Mới,,,1/7/2025\nH2,Hai,H,,\n")
    kept = plan(lines, KNOWN, today=TODAY)
    assert [(each.line, each.column, each.registered, each.in_file) for each in kept.differences] == [
        (2, "name", "Cũ", "Mới"),
        (3, "short_name", None, "H"),
    ]
    assert codes_of(kept) == []
    renamed = plan(lines, KNOWN, today=TODAY, rename=True)
    assert [step.data for step in renamed.waves[0]] == [
        UnitRenamed(name="Mới", short_name="C", valid_from=date(2025, 7, 1)),
        UnitRenamed(name="Hai", short_name="H", valid_from=TODAY),
    ]
    assert (renamed.differences, renamed.passed_over) == ([], 0)


def test_another_parent_is_told_and_never_taken() -> None:
    lines = read("code,name,parent_code\nH2,Hai,H3\nH3,Ba,\n")
    work = plan(lines, KNOWN, today=TODAY, rename=True)
    assert [(each.column, each.registered, each.in_file) for each in work.differences] == [("parent_code", "H1", "H3")]
    assert codes_of(work) == [["H3"]]


trees = st.lists(st.integers(min_value=0, max_value=30), min_size=1, max_size=30).map(
    lambda parents: [(number, parent % number if number else None) for number, parent in enumerate(parents)]
)


@given(trees, st.randoms(use_true_random=False))
def test_any_tree_in_any_order_is_registered_once_with_each_parent_before(tree, random) -> None:  # type: ignore[no-untyped-def]  # noqa: ANN001
    rows = [f"H{number},Đơn vị {number},{'' if parent is None else f'H{parent}'}" for number, parent in tree]
    random.shuffle(rows)
    work = plan(read("code,name,parent_code\n" + "\n".join(rows)), {}, today=TODAY)
    seen: set[object] = set()
    for wave in work.waves:
        for step in wave:
            assert isinstance(step.data, UnitRegistered)
            assert step.data.parent is None or step.data.parent in seen
        seen |= {step.key for step in wave}
    assert len(seen) == len(tree)


def test_a_long_chain_of_parents_takes_no_longer_than_its_lines() -> None:
    chain = [Line(number, f"H{number}", "A", parent=f"H{number - 1}" if number > 1 else None) for number in range(1, 20_001)]
    began = time.process_time()
    assert len(plan(chain, {}, today=TODAY).waves) == 20_000
    assert time.process_time() - began < 4


def test_only_those_who_stand_above_themselves_are_named_and_not_who_stands_below_them() -> None:
    lines = [
        Line(2, "H1", "A", parent="H3"),
        Line(3, "H2", "A", parent="H1"),
        Line(4, "H3", "A", parent="H2"),
        Line(5, "H4", "A", parent="H1"),
    ]
    assert [fault.line for fault in plan(lines, {}, today=TODAY).faults] == [2, 3, 4]
