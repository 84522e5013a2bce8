"""Exported heads prove what the system itself can no longer prove, and the commands say it; real database, real Kafka."""

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import msgspec
import pytest
from click.testing import CliRunner, Result

from services.audit_command import audit
from services.auditing.heads import Heads, read_heads, write_heads
from services.auditing.verifying import Report, export_heads, verify
from shared.errors import ConfigurationError
from tests.support.audit import KEYS, PARTITIONS, VERSIONS, World, open_world


@pytest.fixture
async def world(database: str, bootstrap: str, topics: Callable[..., str]) -> AsyncIterator[World]:
    async with open_world(database, bootstrap, topics(partitions=PARTITIONS)) as opened:
        yield opened


@pytest.fixture
def still(database: str, bootstrap: str, topics: Callable[..., str]) -> World:
    """Return a world that nothing is open of."""
    topic = topics(partitions=PARTITIONS)

    async def make() -> World:
        async with open_world(database, bootstrap, topic) as opened:
            await opened.send()
            return opened

    return asyncio.run(make())


async def exported(world: World, folder: Path) -> Heads:
    heads, report = await export_heads(world.place)
    assert report.findings.kept == []
    write_heads(heads, folder / "heads.json")
    return read_heads(folder / "heads.json")


async def cut(world: World, partition: int, count: int) -> None:
    """Take the last events out of the journal, and make everything else in the database fit."""
    rows = await world.rows(partition)
    for row in rows[-count:]:
        await world.run("remove", world.place.topic, partition, row.position)
    await world.run("set_marks", world.place.topic, partition, len(rows) - count)
    left = {row.key.decode(): row for row in rows[:-count]}
    for key, row in left.items():
        version = sum(each.key == row.key for each in rows[:-count])
        await world.run("set_stream", key, version, row.hash)


async def test_what_was_exported_and_is_still_there_is_right(world: World, tmp_path: Path) -> None:
    await world.send()
    heads = await exported(world, tmp_path)
    assert sum(len(each.keys) for each in heads.partitions.values()) == KEYS * PARTITIONS
    report = await verify(world.place, heads=heads)
    assert report.findings.kept == []


async def test_only_what_is_in_kafka_is_exported(world: World) -> None:
    heads, _ = await export_heads(world.place)
    assert {each.position for each in heads.partitions.values()} == {0}


async def test_what_is_registered_after_the_export_changes_nothing(world: World, tmp_path: Path) -> None:
    heads = await exported(world, tmp_path)
    await world.send()
    assert (await verify(world.place, heads=heads)).findings.kept == []


async def test_a_tail_that_was_cut_everywhere_is_found_by_the_heads_alone(world: World, tmp_path: Path) -> None:
    await world.send()
    heads = await exported(world, tmp_path)
    lost = (await world.rows(0))[-2:]
    await cut(world, 0, 2)
    world.place = await world.elsewhere("cut")
    await world.send()
    assert await world.found() == []
    found = (await verify(world.place, heads=heads)).findings.kept
    assert any("its tail is cut" in each.what and each.place.startswith("journal 0/") for each in found)
    assert {each.key for each in found if each.place == "heads 0"} == {row.key.decode() for row in lost}
    assert all(each.version == VERSIONS for each in found if each.place == "heads 0")


async def test_a_key_that_was_removed_everywhere_is_found_by_the_heads_alone(world: World, tmp_path: Path) -> None:
    await world.send()
    heads = await exported(world, tmp_path)
    key = world.keys[0][0]
    await world.run("remove_key", world.place.topic, key.encode())
    for place, row in enumerate(await world.rows(0), 1):
        await world.run("move", world.place.topic, 0, row.position, place)
    await world.run("set_marks", world.place.topic, 0, len(await world.rows(0)))
    await world.run("forget_stream", key)
    world.place = await world.elsewhere("without")
    await world.send()
    assert await world.found() == []
    found = (await verify(world.place, heads=heads)).findings.kept
    assert [(each.key, each.version) for each in found if each.place == "heads 0"] == [(key, VERSIONS)]


async def test_a_history_that_was_written_anew_is_found_by_the_heads_alone(world: World, tmp_path: Path) -> None:
    await world.send()
    heads = await exported(world, tmp_path)
    last = (await world.rows(1))[-1]
    await world.run("flip_and_hash", world.place.topic, 1, last.position)
    await world.run("set_stream", last.key.decode(), VERSIONS, (await world.rows(1))[-1].hash)
    world.place = await world.elsewhere("anew")
    await world.send()
    assert await world.found() == []
    found = (await verify(world.place, heads=heads)).findings.kept
    assert any(
        (each.key, each.version) == (last.key.decode(), VERSIONS) and "is not the version that was exported" in each.what for each in found
    )
    assert any("is not the history that was exported" in each.what for each in found)


async def test_a_wrong_journal_is_not_exported(world: World) -> None:
    await world.send()
    await world.run("flip", world.place.topic, 0, 2)
    _, report = await export_heads(world.place)
    assert report.findings.count == 1


async def test_heads_that_were_changed_are_not_taken(world: World, tmp_path: Path) -> None:
    await world.send()
    await exported(world, tmp_path)
    file = tmp_path / "heads.json"
    file.write_bytes(file.read_bytes().replace(b":[5,", b":[4,", 1))
    with pytest.raises(ConfigurationError, match="does not match its own hash"):
        read_heads(file)
    file.write_text("{}")
    with pytest.raises(ConfigurationError, match="is no file of exported heads"):
        read_heads(file)
    file.write_bytes(msgspec.json.encode({"format": "other/1", "topic": "", "exported_at": "2026-01-01T00:00:00Z", "partitions": {}}))
    with pytest.raises(ConfigurationError, match="has the format other/1"):
        read_heads(file)


def run(world: World, monkeypatch: pytest.MonkeyPatch, *arguments: str) -> Result:
    monkeypatch.setattr("services.audit_command._place", lambda: world.place)
    return CliRunner().invoke(audit, arguments)


class TestTheCommand:
    """What an operator types and reads; the commands have event loops of their own."""

    def test_says_in_one_line_that_all_is_well(self, still: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
        file = str(tmp_path / "heads.json")
        exported = run(still, monkeypatch, "export-heads", file)
        assert (exported.exit_code, exported.output) == (0, f"40 events of 8 keys in 2 partitions: heads in {file}\n")
        verified = run(still, monkeypatch, "verify", "--heads", file)
        assert verified.exit_code == 0
        assert verified.output.startswith(
            "40 events of 8 keys in 2 partitions: journal, topic and registrar agree and what was exported at "
        )
        assert verified.output.count("\n") == 1

    def test_says_each_finding_in_a_line_and_ends_with_1(self, still: World, monkeypatch: pytest.MonkeyPatch) -> None:
        report = Report()
        for number in range(1_002):
            report.findings.add(f"journal 0/{number}", "is wrong", "a-key", number)

        async def wrong(*_: object, **__: object) -> Report:
            return report

        monkeypatch.setattr("services.audit_command.verify", wrong)
        verified = run(still, monkeypatch, "verify", "--strict")
        lines = verified.output.splitlines()
        assert verified.exit_code == 1
        assert lines[7] == "journal 0/7 key a-key version 7: is wrong"
        assert lines[1_000:] == ["and 2 more", "0 events of 0 keys in 0 partitions: 1,002 findings"]
