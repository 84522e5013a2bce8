"""Codes of units: both schemes come to one form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.contracts.codes import canonical_code, is_code

LEVEL_1 = st.from_regex(r"[A-Z][0-9]{2}", fullmatch=True)
LEVELS = st.lists(st.integers(0, 99), max_size=3)
TYPED = st.one_of(st.text(), st.from_regex(r"[0-9A-Z.]{1,35}", fullmatch=True))


@pytest.mark.parametrize(
    ("code", "canonical"),
    [
        ("H10", "H10"),
        ("H10.21.3", "H10.21.3"),
        ("H10.021.03", "H10.21.3"),
        ("000.00.00.H49", "H49"),
        ("000.00.05.H10", "H10.5"),
        ("28.22.H17", "H17.22.28"),
        ("000.15.20.H13", "H13.20.15"),
        ("001.15.20.H13", "H13.20.15.1"),
        ("002.00.20.H13", "H13.20.0.2"),
        ("H13.20.0.2", "H13.20.0.2"),
        ("H13.20.00.00", "H13.20"),
        ("G22.A1.B07", "G22.A1.B07"),
        (" h10.21 ", "H10.21"),
        ("12345", "12345"),
        ("00123", "00123"),
        ("H10..3", "H10..3"),
        (".", "."),
        ("", ""),
    ],
)
def test_a_code_has_one_form(code: str, canonical: str) -> None:
    assert canonical_code(code) == canonical


@pytest.mark.parametrize("code", ["H10", "H10.21.3", "000.00.00.H49", "0"])
def test_a_code_without_empty_levels_is_one(code: str) -> None:
    assert is_code(code)


@pytest.mark.parametrize("code", ["", ".", "H10.", ".H10", "H10..3", "h10", "H10.đ"])
def test_anything_else_is_none(code: str) -> None:
    assert not is_code(code)


@given(TYPED)
def test_the_one_form_is_its_own(code: str) -> None:
    assert canonical_code(canonical_code(code)) == canonical_code(code)


def leftmost(level_1: str, levels: list[int]) -> str:
    return ".".join([level_1, *map(str, levels)])


def rightmost(level_1: str, levels: list[int]) -> str:
    second, third, fourth = [*levels, 0, 0, 0][:3]
    return f"{fourth:03}.{third:02}.{second:02}.{level_1}"


@given(LEVEL_1, LEVELS)
def test_the_two_forms_of_one_unit_are_one(level_1: str, levels: list[int]) -> None:
    assert canonical_code(rightmost(level_1, levels)) == canonical_code(leftmost(level_1, levels))


@given(st.tuples(LEVEL_1, LEVELS), st.tuples(LEVEL_1, LEVELS))
def test_the_codes_of_two_units_stay_two(one: tuple[str, list[int]], other: tuple[str, list[int]]) -> None:
    same = rightmost(*one) == rightmost(*other)
    assert (canonical_code(rightmost(*one)) == canonical_code(rightmost(*other))) is same
