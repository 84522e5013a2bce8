"""The menu: what each role finds in it."""

from uuid import UUID

import pytest

from shared.identity.principals import PERSON_ROLES, PersonRole
from shared.web.menu import menu_of

UNIT = UUID(int=7)


def texts(role: PersonRole, unit: UUID | None = None) -> list[str]:
    return [entry.text for entry in menu_of(role, unit)]


@pytest.mark.parametrize("role", PERSON_ROLES)
def test_everybody_finds_the_overview_first_and_tasks_next(role: PersonRole) -> None:
    assert texts(role)[:2] == ["Tổng quan", "Nhiệm vụ"]


def test_accounts_are_an_administrators_and_the_log_an_auditors_too() -> None:
    assert {role for role in PERSON_ROLES if "Tài khoản" in texts(role)} == {"administrator"}
    assert {role for role in PERSON_ROLES if "Nhật ký" in texts(role)} == {"administrator", "auditor"}


def test_an_inbox_is_in_the_menu_of_who_has_a_unit() -> None:
    assert [entry.address for entry in menu_of("unit", UNIT) if entry.here == "inbox"] == [f"/units/{UNIT}/inbox"]
    assert "Hộp thư" not in texts("operator")
