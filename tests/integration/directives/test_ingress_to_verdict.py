"""From the ingress through the real registrar, its relay and Kafka, back to the publisher's receipt."""

import asyncio
import os
import sys
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

import httpx

from services.directives.ingress import STRUCTURED, Ingress, build_ingress
from services.schemas import sources_of
from shared.envelope import Event, encode
from shared.environment import Environment
from shared.migrations import migrate
from shared.postgres import connect
from shared.topics import create_topics, load_topics
from shared.web.app import WebPart, build_web
from tests.support import facts
from tests.support.facts import COMMITTEE, DIRECTIVE, HOME_AFFAIRS, OFFICE, TASK, event
from tests.support.people import BEARER, KEY, door_of
from tests.support.serving import serving
from tests.support.waiting import eventually

PARTITIONS = 4
UNITS = (("H10", COMMITTEE), ("H10.1", HOME_AFFAIRS), ("H10.2", OFFICE))


@asynccontextmanager
async def registrar(bootstrap: str, dsn: str) -> AsyncIterator[Process]:
    """Run the registrar's process; it is killed at the end of the block, without any chance to tidy up."""
    settings = {
        "DONDOC_KAFKA_BOOTSTRAP": bootstrap,
        "DONDOC_POSTGRES_DSN": dsn,
        "DONDOC_PARTITIONS": str(PARTITIONS),
        "DONDOC_HEALTH_PORT": "0",
    }
    process = await asyncio.create_subprocess_exec(sys.executable, "-m", "services.directives.registrar", env=os.environ | settings)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def post(client: httpx.AsyncClient, sent: Event, wait: int = 30) -> httpx.Response:
    headers = {"authorization": f"Bearer {KEY}", "content-type": STRUCTURED, "prefer": f"wait={wait}"}
    return await client.post("/api/events", content=encode(sent), headers=headers)


def unit(code: str, key: UUID) -> Event:
    return event(facts.unit(code=code), id=f"unit {code}", subject=key, key=key, received_at=None)


async def test_a_fact_is_registered_once_though_the_registrar_is_killed_in_between(bootstrap: str, database: str) -> None:
    create_topics(bootstrap, PARTITIONS, 1, load_topics())
    connection = await connect(database, schema="public")
    await migrate(connection, "registrar", sources_of("registrar"))
    await connection.close()
    ingress = Ingress(Environment(bootstrap, database, PARTITIONS, "system", 0, "127.0.0.1", None))
    app = build_web([WebPart("ingress", build_ingress(ingress), ingress.opened, lambda: ingress.receipts.pool)], door_of())
    async with serving(app) as address, httpx.AsyncClient(base_url=address, timeout=60, headers=BEARER) as client:
        async with registrar(bootstrap, database):
            units = await asyncio.gather(*(post(client, unit(code, key)) for code, key in UNITS))
            assert [answer.json()["status"] for answer in units] == ["registered"] * 3
            issued = await post(client, event(facts.directive(), id="issued", subject=DIRECTIVE, received_at=None))
            assert (issued.status_code, issued.json()["version"]) == (200, 1)
        assigned = event(facts.task(), id="assigned", subject=TASK, received_at=None)
        receipts = [(await post(client, assigned, wait=1)).json()["receipt"] for _ in range(2)]

        async def are_told() -> list[str]:
            told = [(await client.get(f"/api/events/{receipt}")).json() for receipt in receipts]
            return [each["status"] for each in told] if all(each.get("version") == 2 for each in told) else []

        async with registrar(bootstrap, database):
            assert await eventually(are_told) == ["registered", "duplicate"]
