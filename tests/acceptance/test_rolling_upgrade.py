"""Two versions side by side lose nothing: a running system is brought to the next version, process by process, while facts flow."""

import asyncio
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.chaos.evidence import EVENTS
from deploy.local.requirements import root
from deploy.local.stack import Stack
from shared.postgres import connect
from tests.support.next_version import MEMBER, WRITER, make_next_version
from tests.support.rolling import FUNDED, Rolling

WORKERS = ("directives", "notifications", "deadlines", "registrar")
"""In the order in which they are brought to the next version: who reads first, who writes last."""
FACTS = 420
PHASE = 60


@pytest.fixture
def old() -> Iterator[Stack]:
    with Stack(environment={"DONDOC_CLOCK": "stepped"}, services={*WORKERS, "gateway"}) as stack:
        yield stack


def build_next(old: Stack, directory: Path) -> Stack:
    """Return the next version on the same Kafka and PostgreSQL; starting it migrates and starts no process yet."""
    compose = make_next_version(root(), directory)
    environment = {"DONDOC_CLOCK": "stepped", "DONDOC_API_KEY": old.api_key, "PYTHONPATH": str(directory)}
    return Stack(old.infrastructure, compose=compose, environment=environment, services=())


def replace(old: Stack, new: Stack, name: str) -> None:
    """End a process in order and start the next version's in its place, under the same instance id."""
    old.processes[name].stop()
    assert old.processes.pop(name).returncode == 0
    new.add(name).start()


async def add(new: Stack, *names: str) -> None:
    """Start processes of the next version beside those that run; each is ready once it has partitions of its own."""
    for name in names:
        new.add(name, name if name == "gateway" else f"{name}-next").start()
    await asyncio.to_thread(new.wait_ready, 150)


async def writers(dsn: str, schema: str) -> set[str | None]:
    """Return which versions wrote into a schema's journal."""
    connection = await connect(dsn, schema=schema)
    rows = await connection.fetch("SELECT DISTINCT writer FROM journal")
    await connection.close()
    return {row["writer"] for row in rows}


@pytest.mark.timeout(600)
async def test_a_system_is_upgraded_process_by_process_while_facts_flow_and_nothing_is_lost(old: Stack, tmp_path: Path) -> None:
    rolling, new = Rolling(old, FACTS, rate=40), build_next(old, tmp_path / "next")
    await rolling.begin()
    try:
        await roll(rolling, old, new)
        evidence, findings, unsettled = await rolling.end()
        await asyncio.to_thread(require_equal_tables, new)
    finally:
        await rolling.close()
        await asyncio.to_thread(new.stop)
    assert (unsettled, list(findings), evidence.parked) == ("", [], [])
    said = {each.fact for publisher in rolling.publishers for each in publisher.said.values() if FUNDED.encode() in each.body}
    kept = {message.id for message in evidence.topics[EVENTS] if message.data.get(MEMBER) == FUNDED}
    assert said
    assert kept == said
    for schema in ("registrar", "deadlines", "notifications"):
        assert await writers(old.dsn, schema) == {None, WRITER}


async def roll(rolling: Rolling, old: Stack, new: Stack) -> None:
    """Bring the system to the next version; a phase of facts flows beside each step."""
    rolling.let(PHASE)
    await asyncio.to_thread(new.start)  # old workers, new tables
    await rolling.flown()
    rolling.let(PHASE)
    await add(new, *WORKERS)  # both versions read and write every topic
    await rolling.flown()
    rolling.let(PHASE)
    await asyncio.to_thread(replace, old, new, "registrar")
    await add(new, "gateway")
    await rolling.flown()
    gateway = await rolling.open(new, "next")
    for publisher in rolling.publishers[::2]:
        publisher.move_to(gateway, says_more=True)  # old readers, new member
    rolling.let(PHASE)
    await rolling.flown()
    for name in WORKERS[:-1]:
        rolling.let(PHASE // 2)
        await asyncio.to_thread(replace, old, new, name)
    await rolling.flown()
    for publisher in rolling.publishers[1::2]:
        publisher.move_to(gateway, says_more=False)  # new readers, old facts
    old.processes["gateway"].stop()
    rolling.let(FACTS)
    await rolling.flown()


def require_equal_tables(new: Stack) -> None:
    """Have the next version make the read model anew: its tables must be equal to those that both versions wrote."""
    environment = {**os.environ, **(new.processes["directives"].launch.environment or {})}
    command = ["dondoc", "rebuild", "directives"]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.endswith("the rebuilt tables are in place\n"), done.stdout + done.stderr
