"""What holds of every refusal: its code is reached by a test of the rules, and both languages say the same."""

import re
import string
from pathlib import Path

import pytest

from services.directives.domain import refused
from services.directives.domain.reasons import DESK_REASONS, REASONS

DOMAIN = Path(__file__).parents[3] / "services" / "directives" / "domain"
CODE = re.compile(r'"([a-z]+(?:-[a-z]+)+)"')
RAISED = re.compile(r'refused\("([a-z-]+)"')
RULES = sorted(set(REASONS) - set(DESK_REASONS))
VIETNAMESE = re.compile("[ăâđêôơưàáảãạằắẳẵặầấẩẫậèéẻẽẹềếểễệìíỉĩịòóỏõọồốổỗộờớởỡợùúủũụừứửữựỳýỷỹỵ]")


def codes_in(files: list[Path], pattern: re.Pattern[str]) -> set[str]:
    return {code for file in files for code in pattern.findall(file.read_text(encoding="utf-8"))}


def names(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_code_of_the_rules_is_reached_by_a_test() -> None:
    tests = [file for file in Path(__file__).parent.glob("test_domain_*.py") if file.name != Path(__file__).name]
    assert set(RULES) - codes_in(tests, CODE) == set()


def test_every_code_has_its_place_in_the_rules() -> None:
    rules = [file for file in DOMAIN.glob("*.py") if file.name != "reasons.py"]
    assert set(RULES) - codes_in(rules, CODE) == set()


def test_every_refusal_of_the_rules_has_its_reasons() -> None:
    assert codes_in(sorted(DOMAIN.glob("*.py")), RAISED) - set(REASONS) == set()


@pytest.mark.parametrize("code", sorted(REASONS))
def test_both_languages_of_a_reason_are_filled_in_with_the_same_values(code: str) -> None:
    english, vietnamese = map(names, REASONS[code])
    assert {name.removesuffix("_vi") for name in vietnamese} == english


@pytest.mark.parametrize("code", sorted(REASONS))
def test_officials_read_vietnamese_and_publishers_english(code: str) -> None:
    english, vietnamese = REASONS[code]
    assert VIETNAMESE.search(english.lower()) is None
    assert VIETNAMESE.search(vietnamese.lower()) is not None


def test_a_refusal_names_its_fields_with_the_reason() -> None:
    error = refused("task-cancelled", "/subject")
    assert (error.code, error.fields[0].pointer, error.fields[0].problem) == ("task-cancelled", "/subject", error.reason)
    assert str(error) == "task-cancelled: this task was cancelled"
