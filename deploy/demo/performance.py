"""One performance: opens what a story needs, plays it, gathers the evidence."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import httpx

from deploy.demo.catchers import Catchers
from deploy.demo.evidence import Evidence, Json
from deploy.demo.intake import Intake
from deploy.demo.letters import Letter, open_letter, shape_of
from deploy.demo.offices import Offices
from deploy.demo.other import play_other
from deploy.demo.player import Player, Show
from deploy.demo.publisher import Publisher
from deploy.demo.reaching import Reach
from deploy.demo.settling import QUERIES, Snapshot, open_observer
from deploy.demo.story import Story, load_story
from deploy.demo.topics import open_topics
from deploy.local.mailbox import read_index
from deploy.local.receiver import read_received
from deploy.local.stack import Stack
from shared.errors import FatalError
from shared.postgres import connect

if TYPE_CHECKING:
    import asyncpg

REQUEST_SECONDS = 30.0
PAGE = 200


async def perform(stack: Stack, catchers: Catchers, folder: Path, letter: Path | None, show: Show) -> Evidence:
    """Play the story of a folder on the running system, with another letter where one is given, and return the evidence.

    Raises UnavailableError where it does not go on, and what the intake raises at a letter that it cannot read.
    """
    story = load_story(folder)
    read = await asyncio.to_thread(open_letter, letter or folder / story.letter)
    try:
        async with open_player(stack, catchers, folder, show) as (player, client):
            return await _gather(player, client, await _play(player, story, read))
    except ExceptionGroup as errors:  # the offices' task group wraps whatever ends the story
        raise errors.exceptions[0] from errors


async def _play(player: Player, story: Story, letter: Letter) -> Snapshot:
    if shape_of(letter.propose()) != story.tasks:
        return await play_other(player, letter)
    player.show(f"{story.title}\n")
    return await player.play(story, letter)


@asynccontextmanager
async def open_player(stack: Stack, catchers: Catchers, folder: Path, show: Show) -> AsyncIterator[tuple[Player, httpx.AsyncClient]]:
    """Open the connections of a player; its offices go home at the end."""
    async with AsyncExitStack() as opened:
        limits = httpx.Limits(max_connections=None)
        headers = {"Authorization": f"Bearer {stack.api_key}"}
        client = await opened.enter_async_context(
            httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=REQUEST_SECONDS, limits=limits)
        )
        person = await opened.enter_async_context(httpx.AsyncClient(base_url=stack.url, timeout=REQUEST_SECONDS))
        topics = await opened.enter_async_context(open_topics(stack.bootstrap))
        observer = await opened.enter_async_context(open_observer(stack.dsn))
        clock = await connect(stack.dsn, schema="public")
        opened.push_async_callback(clock.close, timeout=2)
        tasks = await opened.enter_async_context(asyncio.TaskGroup())
        offices = Offices(client, tasks)
        opened.callback(offices.close)
        intake = Intake(person, observer, stack.first_password)
        reach = Reach(client, catchers)
        yield Player(folder, stack, topics, observer, clock, Publisher(client), offices, intake, reach, catchers, show), client


async def _gather(player: Player, client: httpx.AsyncClient, snapshot: Snapshot) -> Evidence:
    if player.now is None:
        raise FatalError("the story has no step: nothing was played")
    offices = player.offices
    units = {code: unit for unit, code in offices.ids.items()}
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
        mail=read_index(player.catchers.mail),
        webhooks=read_received(player.catchers.webhooks),
        contacts={(units[code], kind): count for (code, kind), count in player.reach.count.items()},
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
