"""From a POST to the ingress until people have it: on a page that is open, and at a unit's own system by webhook."""

import asyncio
import base64
import secrets
import time
from collections.abc import AsyncIterator, Callable, Collection, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import partial
from uuid import UUID

import httpx
import msgspec
from msgspec.structs import replace

from deploy.bench.facts import UNITS, assigned, unit_code, unit_id
from deploy.bench.machine import require_equal, until
from deploy.bench.pacing import post_steadily
from deploy.bench.pages import Page
from deploy.bench.seeing import DIRECTIVES, REPORT_DUTY, WARM_SECONDS, open_office, target_of, watching
from deploy.local.ports import LOOPBACK, free_port
from deploy.local.stack import Stack
from shared.contracts.directives import DeadlineClause, TaskAssigned
from shared.envelope import Event
from shared.errors import UnavailableError

PAGES = 4
"""How many units' pages are open."""
SHARE = 30
"""One task in so many is one of these units', so that each of their tables keeps to one page of thirty, of which one is taken."""
RECEIVERS = 10
"""How many units have a webhook, each at a server of its own."""
FUTURE = DeadlineClause(name="Báo cáo", met_by="report-submitted", phrase="đến hết ngày 30/6/2027")
LARGEST = 1024 * 1024
ANSWER = b"HTTP/1.1 204 No Content\r\n\r\n"


@dataclass
class Clocks:
    """When each task was due to be sent, and how long it took to arrive."""

    sent: dict[str, float] = field(default_factory=dict)
    seconds: list[float] = field(default_factory=list)

    def note(self, event: Event, due: float) -> None:
        """Wait for a task from now on."""
        self.sent[event.subject] = due

    def arrived(self, task: str) -> None:
        """Stop a task's clock; what came before counts no more."""
        due = self.sent.pop(task, None)
        if due is not None:
            self.seconds.append(time.perf_counter() - due)

    async def finish(self, what: str) -> list[float]:
        """Return the seconds once everything arrived; raises UnavailableError naming what did not."""

        async def has_all() -> bool:
            return not self.sent

        await until(has_all, what)
        return self.seconds


def environment() -> Mapping[str, str]:
    """Return what the services are told so that webhooks may go to this machine."""
    key = base64.b64encode(secrets.token_bytes(32)).decode()
    return {"DONDOC_WEBHOOK_ALLOWED_CIDRS": f"{LOOPBACK}/32", "DONDOC_SECRETS_KEY": key}


def task_of(number: int, unit: int) -> Event:
    """Return a task with a deadline to come, which one unit alone is told of; the directives give them in turn."""
    event = assigned(number % DIRECTIVES, REPORT_DUTY, f"-{number}")
    if not isinstance(event.data, TaskAssigned):
        raise UnavailableError("the bench's task is none")
    return replace(event, data=replace(event.data, lead=unit_id(unit), coordinating=(), deadlines=(FUTURE,)))


async def run_pages(stack: Stack, per_second: int, seconds: float) -> list[float]:
    """Return seconds from when each POST was due until the open page of its unit showed it."""
    clocks = Clocks()
    target, first = target_of(stack), round(per_second * WARM_SECONDS)
    async with _opened(stack) as client:
        await post_steadily(target, per_second, list(_others(range(first))), lambda *_: None)
        pages = [Page(client, unit_code(number), clocks.arrived) for number in range(PAGES)]
        async with asyncio.TaskGroup() as following:
            tasks = [following.create_task(page.follow()) for page in pages]
            await until(lambda: _all_open(pages), "the opening of the pages")
            events = list(_mixed(range(first, first + round(per_second * seconds))))
            followed = {event.subject for event in events[::SHARE]}
            await post_steadily(target, per_second, events, partial(_note_followed, clocks, followed))
            found = await clocks.finish("the sight of all tasks on their pages")
            for task in tasks:
                task.cancel()
    require_equal("tasks that their pages showed", len(found), len(followed))
    return found


def _note_followed(clocks: Clocks, followed: Collection[str], event: Event, due: float) -> None:
    if event.subject in followed:
        clocks.note(event, due)


async def _all_open(pages: Sequence[Page]) -> bool:
    return all(page.is_open for page in pages)


def _others(numbers: range) -> Iterator[Event]:
    for number in numbers:
        yield task_of(number, PAGES + number % (UNITS - PAGES))


def _mixed(numbers: range) -> Iterator[Event]:
    for place, number in enumerate(numbers):
        is_followed = place % SHARE == 0
        yield task_of(number, (place // SHARE) % PAGES) if is_followed else next(_others(range(number, number + 1)))


async def run_webhooks(stack: Stack, per_second: int, seconds: float) -> list[float]:
    """Return seconds from when each POST was due until its unit's own system had it by webhook."""
    clocks = Clocks()
    target, warming = target_of(stack), round(per_second * WARM_SECONDS)
    async with _opened(stack) as client, _receiving(clocks.arrived) as ports:
        for number, port in enumerate(ports):
            await _add_webhook(client, unit_code(number), f"http://{LOOPBACK}:{port}/")
        await post_steadily(target, per_second, [task_of(number, number % RECEIVERS) for number in range(warming)], clocks.note)
        await clocks.finish("the webhooks of the warm-up")
        clocks.seconds.clear()
        events = [task_of(number, number % RECEIVERS) for number in range(warming, warming + round(per_second * seconds))]
        await post_steadily(target, per_second, events, clocks.note)
        found = await clocks.finish("the webhooks of all tasks")
    require_equal("webhooks that were received", len(found), len(events))
    return found


async def _add_webhook(client: httpx.AsyncClient, unit: str, url: str) -> None:
    answer = await client.post("/api/webhooks", json={"unit": unit, "url": url})
    if not answer.is_success:
        raise UnavailableError(f"/api/webhooks answered {answer.status_code}: {answer.text}")


@asynccontextmanager
async def _opened(stack: Stack) -> AsyncIterator[httpx.AsyncClient]:
    """Open the office, so that everything is warm and every later task is registered; give a client that may read everything."""
    headers = {"Authorization": f"Bearer {stack.api_key}"}
    async with httpx.AsyncClient(base_url=stack.url, headers=headers, timeout=30, limits=httpx.Limits(max_connections=None)) as client:
        async with watching(stack) as watch:
            await open_office(target_of(stack), watch)
        yield client


@asynccontextmanager
async def _receiving(arrived: Callable[[str], None]) -> AsyncIterator[list[int]]:
    """Run as many receivers as units have webhooks, and give their ports."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while task := await _read_task(reader):
                arrived(task)
                writer.write(ANSWER)
        finally:
            writer.close()

    servers = [await asyncio.start_server(serve, LOOPBACK, free_port(), limit=LARGEST) for _ in range(RECEIVERS)]
    try:
        yield [server.sockets[0].getsockname()[1] for server in servers]
    finally:
        for server in servers:
            server.close()


class _Data(msgspec.Struct):
    task: UUID


class _Body(msgspec.Struct):
    data: _Data


async def _read_task(reader: asyncio.StreamReader) -> str:
    """Return which task a request tells of, "" at the connection's end."""
    try:
        head = (await reader.readuntil(b"\r\n\r\n")).lower()
    except asyncio.IncompleteReadError:
        return ""
    length = int(head.partition(b"content-length:")[2].partition(b"\r\n")[0])
    return str(msgspec.json.decode(await reader.readexactly(length), type=_Body).data.task)
