"""`dondoc accounts` and the first administrator of `dondoc setup`, as an operator types them, on a real database."""

import asyncio
import re
from typing import Any

import pytest
from click.testing import CliRunner, Result

from services.accounts_command import accounts
from services.setup_command import migrate_all, welcome_first
from shared.environment import Environment
from shared.postgres import connect, create_pool
from tests.support.april import HOME_AFFAIRS, Journal, hanoi
from tests.support.read_model import apply

PASSWORD = re.compile(r"password ([0-9a-f-]{29}) ")


@pytest.fixture
def dsn(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the DSN of a database with all tables and the units of a town."""
    monkeypatch.setenv("DONDOC_POSTGRES_DSN", database)
    asyncio.run(_open_town(database))
    return database


async def _open_town(dsn: str) -> None:
    await migrate_all(dsn)
    journal = Journal()
    journal.open_office(hanoi(1))
    pool = await create_pool(dsn, schema="directives")
    await apply(pool, journal)
    await pool.close()


def say(*arguments: str) -> Result:
    """Type a command."""
    return CliRunner().invoke(accounts, arguments)


def rows(dsn: str, query: str) -> list[Any]:
    """Return what a query finds."""

    async def read() -> list[Any]:
        connection = await connect(dsn, schema="identity")
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()

    return asyncio.run(read())


def test_an_account_is_added_listed_locked_reset_and_given_another_role(dsn: str) -> None:
    added = say("add", "lan", "--full-name", "Nguyễn Thị Lan", "--role", "unit", "--unit", "H10.21.3")
    assert PASSWORD.search(added.output), added.output
    assert rows(dsn, "SELECT role, unit, must_change FROM account") == [("unit", HOME_AFFAIRS, True)]
    assert "Nguyễn Thị Lan  Phòng Nội vụ" in say("list").output
    assert say("lock", "LAN").exit_code == 0
    assert "locked" in say("list").output
    assert say("unlock", "lan").exit_code == 0
    again = say("reset", "lan").output
    assert PASSWORD.findall(again) != PASSWORD.findall(added.output)
    assert say("role", "lan", "auditor").exit_code == 0
    assert rows(dsn, "SELECT role, unit FROM account") == [("auditor", None)]
    told = rows(dsn, "SELECT action, object FROM audit ORDER BY id")
    assert [action for action, _ in told] == [
        "account-added", "account-locked", "account-unlocked", "account-password-reset", "account-role-changed",
    ]  # fmt: skip
    assert rows(dsn, "SELECT DISTINCT actor FROM audit")[0][0].startswith("command:")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("lock", "nobody"), "no account 'nobody'"),
        (("add", "lan", "--full-name", "Lan", "--role", "unit"), "account-unit"),
        (("add", "lan", "--full-name", "Lan", "--role", "unit", "--unit", "H99"), "no unit 'H99'"),
        (("add", "x", "--full-name", "Lan", "--role", "operator"), "account-name"),
    ],
)
def test_what_cannot_be_is_said(dsn: str, arguments: tuple[str, ...], said: str) -> None:
    failed = say(*arguments)
    assert failed.exit_code == 1
    assert said in str(failed.exception)
    assert rows(dsn, "SELECT name FROM account") == []


def test_a_subject_needs_a_provider(dsn: str, monkeypatch: pytest.MonkeyPatch) -> None:
    arguments = ("add", "lan", "--full-name", "Lan", "--role", "operator", "--subject", "s-1")
    assert "--subject needs DONDOC_OIDC_ISSUER" in say(*arguments).output
    for name, value in (("ISSUER", "https://id.example.vn"), ("CLIENT_ID", "dondoc"), ("CLIENT_SECRET", "s")):
        monkeypatch.setenv(f"DONDOC_OIDC_{name}", value)
    assert say(*arguments).output == ""
    assert rows(dsn, "SELECT issuer, subject, password_hash FROM account") == [("https://id.example.vn", "s-1", None)]


@pytest.mark.parametrize(
    ("clock", "given", "said"), [("system", "", r"[0-9a-f-]{29} \(shown once\)"), ("stepped", "given", "of DONDOC_FIRST_PASSWORD")]
)
def test_the_first_administrator_is_told_once(
    dsn: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], clock: str, given: str, said: str
) -> None:
    monkeypatch.setenv("DONDOC_FIRST_PASSWORD", given)
    environment = Environment.read({"DONDOC_KAFKA_BOOTSTRAP": "unused:1", "DONDOC_POSTGRES_DSN": dsn, "DONDOC_CLOCK": clock})
    asyncio.run(welcome_first(environment))
    assert re.fullmatch(f"first administrator: admin, password {said}\n", capsys.readouterr().out)
    assert rows(dsn, "SELECT role, must_change FROM account") == [("administrator", clock == "system")]
    asyncio.run(welcome_first(environment))
    assert capsys.readouterr().out == ""
