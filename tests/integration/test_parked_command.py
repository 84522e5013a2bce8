"""`dondoc parked` as an operator types it, on real tables: causes with what they hold back, dry runs, and decisions about many keys."""

import asyncio
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result

from services.parked_commands import parked
from services.setup_command import migrate_all
from shared.contracts.tasks import TaskCompleted
from shared.postgres import connect
from shared.streaming.parking import BEHIND
from tests.support import facts
from tests.support.april import FACTS, HOME_AFFAIRS, PLAN_TASK, TASKS, UNITS, Journal, hanoi
from tests.support.parking import park
from tests.support.records import FakeRecord

REASON = f"KeyError: UUID('{facts.TASK}') [services.directives.projections.find]"
KEY = b"0"


def story() -> list[tuple[FakeRecord, str]]:
    """Return what is parked: units that nothing is wrong with any more, and a key whose first record stays bad."""
    journal = Journal()
    journal.open_office(hanoi(1))
    units = [(each, REASON) for each in journal.records]
    bad = FakeRecord(FACTS, 0, 90, 0, KEY, b"?")
    return [
        *units,
        (bad, "not an event of ours: JSON is malformed: invalid character (byte 0)"),
        (FakeRecord(FACTS, 0, 91, 0, KEY, b"?"), BEHIND),
    ]


@pytest.fixture
def dsn(database: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return the DSN of a database where records of the read model are parked."""
    monkeypatch.setenv("DONDOC_POSTGRES_DSN", database)
    monkeypatch.setenv("DONDOC_KAFKA_BOOTSTRAP", "127.0.0.1:9")
    asyncio.run(_park(database))
    return database


async def _park(dsn: str) -> None:
    await migrate_all(dsn)
    for record, reason in story():
        await park(dsn, "directives", record, reason, is_follower=reason == BEHIND)


def say(*arguments: str) -> Result:
    """Type a command."""
    return CliRunner().invoke(parked, arguments)


def rows(dsn: str, query: str) -> list[Any]:
    """Return what a query finds in the schema of the read model."""

    async def read() -> list[Any]:
        connection = await connect(dsn, schema="directives")
        try:
            return [tuple(row) for row in await connection.fetch(query)]
        finally:
            await connection.close()

    return asyncio.run(read())


def count_parked(dsn: str) -> int:
    return int(rows(dsn, "SELECT count(*) FROM parked")[0][0])


def cause_of(part: str) -> str:
    """Return the code of the cause whose text has a part in it."""
    return next(str(each["cause"]) for each in msgspec.json.decode(say("list", "--json").output) if part in each["reason"])


def test_causes_of_all_schemas_are_listed_with_what_they_hold_back(dsn: str) -> None:
    said = say("list").output.splitlines()
    assert said[0].startswith(f"directives  {cause_of('KeyError')}  {len(UNITS)} keys, {len(UNITS)} records, since 20")
    assert said[1] == "    KeyError: UUID(…) [services.directives.projections.find]"
    assert said[-1] == f"{len(UNITS) + 2} parked"
    first, second = msgspec.json.decode(say("list", "directives", "--json").output)
    assert (first["schema"], first["keys"], first["held"]["events"]) == ("directives", len(UNITS), {"unit-registered": len(UNITS)})
    assert (second["keys"], second["records"], second["topics"]) == (1, 2, [FACTS])
    assert say("list", "deadlines").output == "0 parked\n"
    assert count_parked(dsn) == len(UNITS) + 2


def test_the_keys_of_a_cause_or_of_all_are_listed_one_by_one(dsn: str) -> None:
    assert len(say("list", "--all").output.splitlines()) == len(UNITS) + 2
    said = say("list", "--cause", cause_of("malformed")).output.splitlines()
    assert said[0].startswith(f"{FACTS}/0/90  key 0  20")
    assert said[0].endswith("1 behind  not an event of ours: JSON is malformed: invalid character (byte 0)")
    (key,) = msgspec.json.decode(say("list", "--cause", cause_of("malformed"), "--json").output)
    assert (key["place"], key["behind"]) == (f"{FACTS}/0/90", 1)
    assert count_parked(dsn) == len(UNITS) + 2


def test_a_bulk_retry_is_a_dry_run_until_yes_and_then_does_what_it_said(dsn: str) -> None:
    dry = say("retry", "directives", "--topic", FACTS)
    assert dry.output.splitlines()[-1].endswith(f"{len(UNITS) + 1} keys would be applied, 1 key failed; nothing was done, --yes does it")
    assert (dry.exit_code, count_parked(dsn), rows(dsn, "SELECT 1 FROM unit")) == (0, len(UNITS) + 2, [])
    done = say("retry", "directives", "--topic", FACTS, "--yes", "--by", "lan")
    assert done.output.splitlines()[-1] == f"{len(UNITS)} records of {len(UNITS) + 1} keys applied, 1 key failed"
    assert (done.exit_code, len(rows(dsn, "SELECT 1 FROM unit")), count_parked(dsn)) == (1, len(UNITS), 2)
    assert set(rows(dsn, "SELECT decision, decided_by FROM parked_decision")) == {("applied", "lan")}
    again = msgspec.json.decode(say("retry", "directives", "--cause", cause_of("malformed"), "--json").output)
    assert (again["dry_run"], again["outcomes"][0]["decided"], again["outcomes"][0]["left"]) == (True, 0, 2)


def test_one_place_is_decided_at_once_unless_it_is_a_dry_run(dsn: str) -> None:
    assert "would be applied" in say("retry", "directives", f"{FACTS}/0/0", "--dry-run").output
    assert count_parked(dsn) == len(UNITS) + 2
    assert say("retry", "directives", f"{FACTS}/0/0").output.splitlines()[-1] == "1 record of 1 key applied, 0 keys failed"
    assert say("discard", "directives", f"{FACTS}/0/91", "--why", "gửi nhầm").output == f"{FACTS}/0/91 discarded\n"
    assert rows(dsn, "SELECT kafka_offset FROM parked WHERE key = '0'") == [(90,)]


def test_a_bulk_discard_needs_a_reason_and_yes_and_keeps_both(dsn: str) -> None:
    which = ("--cause", cause_of("malformed"))
    assert say("discard", "directives", *which).exit_code == 2
    assert say("discard", "directives", *which, "--why", " ").exit_code == 2
    assert "2 records of 1 key would be discarded" in say("discard", "directives", *which, "--why", "gửi nhầm", "--whole").output
    assert "1 record of 1 key would be discarded" in say("discard", "directives", *which, "--why", "gửi nhầm").output
    assert count_parked(dsn) == len(UNITS) + 2
    assert say("discard", "directives", *which, "--why", "gửi nhầm", "--yes", "--by", "lan").exit_code == 0
    assert rows(dsn, "SELECT kafka_offset, decided_by, why FROM parked_decision") == [(90, "lan", "gửi nhầm")]
    assert rows(dsn, "SELECT kafka_offset FROM parked WHERE key = '0'") == [(91,)]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("retry", "directives"), "say which"),
        (("retry", "directives", f"{FACTS}/0/0", "--key", "0"), "say which"),
        (("retry", "directives", "--key", "0", "--yes", "--dry-run"), "exclude each other"),
        (("retry", "directives", "nowhere"), "should be TOPIC/PARTITION/OFFSET"),
    ],
)
def test_what_is_not_clear_is_not_done(dsn: str, arguments: tuple[str, ...], told: str) -> None:
    said = say(*arguments)
    assert (said.exit_code, count_parked(dsn)) == (2, len(UNITS) + 2)
    assert told in said.output


def test_a_record_is_shown_with_what_every_service_knows_to_be_held_back(dsn: str) -> None:
    asyncio.run(_park_completion(dsn))
    said = say("show", "directives", f"{FACTS}/0/198").output
    assert "directives holds back:" in said
    assert "parked events: 1 directive-issued, 1 task-assigned, 1 task-completed" in said
    assert f"task  {PLAN_TASK}  {TASKS[PLAN_TASK].number}. {TASKS[PLAN_TASK].content}" in said
    assert "pages show the old state" in said
    assert "deadlines knows nothing of it" in said
    data = msgspec.json.decode(say("show", "directives", f"{FACTS}/0/198", "--json").output)
    assert data["held"]["directives"]["counts"]["task"] == 1
    assert set(data["held"]) == {"registrar", "directives", "deadlines", "notifications", "forwarder"}


async def _park_completion(dsn: str) -> None:
    journal = Journal(records=[FakeRecord(FACTS, 0, 0, 0, b"", b"")] * 198)
    journal.issue(hanoi(6))
    done = journal.register(PLAN_TASK, TaskCompleted(completed_by=HOME_AFFAIRS, summary="Đã xong"), hanoi(9))
    for record, reason in ((journal.records[198], REASON), (journal.records[199], BEHIND), (done, BEHIND)):
        await park(dsn, "directives", record, reason, is_follower=reason == BEHIND)
