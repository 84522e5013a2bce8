"""One performance: opens what a story needs, plays it, gathers the evidence."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from deploy.demo.evidence import Evidence, Json
from deploy.demo.offices import Offices
from deploy.demo.player import Player, Show
from deploy.demo.publisher import Publisher
from deploy.demo.settling import QUERIES, Snapshot, open_observer
from deploy.demo.story import load_story
from deploy.demo.topics import open_topics
from deploy.local.stack import Stack
from shared.errors import FatalError
from shared.postgres import connect

if TYPE_CHECKING:
    import asyncpg

REQUEST_SECONDS = 30.0
PAGE = 200


async def perform(stack: Stack, folder: Path, show: Show) -> Evidence:
    """Play the story of a folder on the running system and return the evidence; raises UnavailableError where it does not go on."""
    story = load_story(folder)
    show(story.title)
    async with open_player(stack, folder, show) as (player, client):
        snapshot = await player.play(story)
        return await _gather(player, client, snapshot)


@asynccontextmanager
async def open_player(stack: Stack, folder: Path, show: Show) -> AsyncIterator[tuple[Player, httpx.AsyncClient]]:
    """Open the connections of a player; its offices go home at the end."""
    async with AsyncExitStack() as opened:
        headers = {"Authorization": f"Bearer {stack.api_key}"}
        limits = httpx.Limits(max_connections=None)
        client = await opened.enter_async_context(
            httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=REQUEST_SECONDS, limits=limits)
        )
        topics = await opened.enter_async_context(open_topics(stack.bootstrap))
        observer = await opened.enter_async_context(open_observer(stack.dsn))
        clock = await connect(stack.dsn, schema="public")
        opened.push_async_callback(clock.close, timeout=2)
        tasks = await opened.enter_async_context(asyncio.TaskGroup())
        offices = Offices(client, tasks)
        opened.callback(offices.close)
        yield Player(folder, stack, topics, observer, clock, Publisher(client), offices, show), client


async def _gather(player: Player, client: httpx.AsyncClient, snapshot: Snapshot) -> Evidence:
    if player.now is None:
        raise FatalError("the story has no step: nothing was played")
    offices = player.offices
    return Evidence(
        now=player.now,
        records=tuple(player.topics.records),
        ends=await player.topics.ends(),
        snapshot=snapshot,
        parked=await player.observer.fetch(QUERIES["read_parked"]),
        journals=await _read_journals(player.observer),
        heads={row["key"]: (row["version"], row["hash"]) for row in await player.observer.fetch(QUERIES["read_heads"])},
        receipts=await player.publisher.ask(),
        received={unit: offices.by_code[code].received for unit, code in offices.ids.items()},
        acknowledged=frozenset(notice for office in offices.by_code.values() for notice in office.acknowledged),
        tasks=await _read_tasks(client),
    )


async def _read_journals(observer: "asyncpg.Connection[Any]") -> Mapping[tuple[str, int, int], bytes]:
    rows = await observer.fetch(QUERIES["read_journals"])
    return {(row["topic"], row["partition"], row["position"]): row["value"] for row in rows}


async def _read_tasks(client: httpx.AsyncClient) -> list[Json]:
    tasks: list[Json] = []
    cursor: str | None = ""
    while cursor is not None:
        answer = await client.get("/api/tasks", params={"limit": PAGE, **({"cursor": cursor} if cursor else {})})
        answer.raise_for_status()
        page = answer.json()
        tasks += page["items"]
        cursor = page["next"]
    return tasks
