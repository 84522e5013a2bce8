"""The courier as a process: killed or stopped at every step, it loses nothing, sends under one id, and tells each end once."""

import base64
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from email import message_from_bytes
from pathlib import Path
from uuid import UUID

import httpx
import psutil
import pytest

from services.notifications.contacts import Author
from services.notifications.delivering.dispatch import HELD
from services.notifications.handlers import DEADLINES
from services.notifications.webhooks.store import Change, NewWebhook, add_webhook
from services.notifications.webhooks.vault import Vault
from shared.contracts.notifications import NoticeDelivered, NoticeIssued
from shared.postgres import Pool
from tests.support.delivering import add_contact, attempts, settled, states
from tests.support.lane import free_port
from tests.support.notice_office import Office
from tests.support.notices import AT, HOME_AFFAIRS, approaching, event
from tests.support.receivers import receiving
from tests.support.smtp import SmtpServer, smtp_server
from tests.support.waiting import eventually

ROOT = Path(__file__).parents[3]
CONTACT = UUID("c4000000-0000-4000-8000-000000000001")
COUNT, MANY = 4, 24
PLACES = ("claimed", "taken", "writing", "written")

Start = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def start(migrated: str, tmp_path: Path) -> Iterator[Start]:
    """Return a function that starts a courier against a server, with more in its environment."""
    running: list[subprocess.Popen[bytes]] = []

    def begin(server: SmtpServer, **more: str) -> subprocess.Popen[bytes]:
        environment = {
            **os.environ, "DONDOC_KAFKA_BOOTSTRAP": "unused:1", "DONDOC_POSTGRES_DSN": migrated, "DONDOC_SMTP": f"smtp://127.0.0.1:{server.port}",
            "DONDOC_MAIL_FROM": "don-doc@huyen.example.gov.vn", "DONDOC_LEASE_SECONDS": "1", "DONDOC_RETRY_SCALE": "0", **more,
        }  # fmt: skip
        environment.setdefault("DONDOC_HEALTH_PORT", str(free_port()))
        with (tmp_path / f"courier-{len(running)}.log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.courier_process"], cwd=ROOT, env=environment, stdout=log, stderr=log
            )
        running.append(process)
        return process

    yield begin
    for process in running:
        if process.poll() is None:
            process.kill()
        process.wait(10)


@pytest.fixture
async def notices(office: Office, pool: Pool) -> set[UUID]:
    """Issue some notices by mail, have Kafka take them, and return their ids."""
    office.channels = {"mail"}
    await add_contact(pool, CONTACT, HOME_AFFAIRS, "vanthu@phuoclong.example.gov.vn")
    await office.follow(DEADLINES, *[event(approaching(), f"a-{number}") for number in range(COUNT)])
    await office.send()
    return {data.notice for data, _ in await office.published() if isinstance(data, NoticeIssued) and data.channel == "mail"}


async def ended(process: subprocess.Popen[bytes]) -> int:
    async def has_ended() -> bool:
        return process.poll() is not None

    await eventually(has_ended, 60)
    return int(process.returncode)


def ids(server: SmtpServer) -> list[UUID]:
    return [UUID(str(message_from_bytes(each.content)["Message-ID"]).strip("<>").partition("@")[0]) for each in server.taken]


async def are_told_once(office: Office, notices: set[UUID]) -> None:
    """Check that each notice was told delivered, once."""
    told = [data.notice for data, _ in await office.published() if isinstance(data, NoticeDelivered)]
    assert sorted(told) == sorted(notices)


@pytest.mark.parametrize("place", PLACES)
async def test_nothing_is_lost_or_told_twice_whatever_is_killed_where(
    place: str, start: Start, notices: set[UUID], office: Office, pool: Pool
) -> None:
    async with smtp_server() as server:
        assert await ended(start(server, COURIER_TRAP=place)) == -signal.SIGKILL
        start(server)
        await settled(pool, COUNT)
    sent = ids(server)
    assert set(sent) == notices
    assert len(sent) == COUNT + (place in ("taken", "writing"))
    await are_told_once(office, notices)
    broken = [each for each in await attempts(pool) if each[1] == "unknown"]
    assert broken == ([] if place == "written" else [(1, "unknown", None)])
    assert await states(pool) == ["delivered"] * COUNT


@pytest.mark.parametrize("place", PLACES)
async def test_webhooks_that_were_not_written_down_come_again_under_their_ids_and_no_more_than_were_held(
    place: str, start: Start, office: Office, pool: Pool
) -> None:
    office.channels = {"webhook"}
    key = bytes(range(32))
    more = {"DONDOC_SECRETS_KEY": base64.b64encode(key).decode(), "DONDOC_WEBHOOK_ALLOWED_CIDRS": "127.0.0.0/8"}
    async with smtp_server() as server, receiving() as receiver:
        new = NewWebhook(HOME_AFFAIRS, f"http://127.0.0.1:{receiver.port}/", None)
        await add_webhook(pool, Vault([key]), new, Change(Author("service:test", None), AT))
        await office.follow(DEADLINES, *[event(approaching(), f"a-{number}") for number in range(MANY)])
        await office.send()
        told = [data for data, _ in await office.published() if isinstance(data, NoticeIssued) and data.channel == "webhook"]
        assert await ended(start(server, COURIER_TRAP=place, **more)) == -signal.SIGKILL
        start(server, **more)
        await settled(pool, MANY)
    bodies = {(request.headers["webhook-id"], request.body) for request in receiver.requests}
    assert sorted(name for name, _ in bodies) == sorted(str(each.notice) for each in told)
    again = len(receiver.requests) - MANY
    assert again == 0 if place == "claimed" else again <= HELD
    assert place != "writing" or again > 0
    await are_told_once(office, {each.notice for each in told})
    assert await states(pool) == ["delivered"] * MANY


@pytest.mark.parametrize("place", PLACES)
async def test_one_that_stands_still_is_taken_over_and_does_no_harm_when_it_wakes(
    place: str, start: Start, notices: set[UUID], office: Office, pool: Pool
) -> None:
    async with smtp_server() as server:
        stopped = start(server, COURIER_TRAP=place, COURIER_SIGNAL="SIGSTOP")
        await eventually(lambda: _is_stopped(stopped))
        start(server)
        await settled(pool, COUNT, limit=60)
        stopped.send_signal(signal.SIGCONT)
        stopped.send_signal(signal.SIGTERM)
        assert await ended(stopped) == 0
    assert set(ids(server)) == notices
    await are_told_once(office, notices)
    assert await states(pool) == ["delivered"] * COUNT


async def _is_stopped(process: subprocess.Popen[bytes]) -> bool:
    return psutil.Process(process.pid).status() == psutil.STATUS_STOPPED


async def test_it_tells_its_health_and_ends_in_order(start: Start, pool: Pool, notices: set[UUID]) -> None:
    port = free_port()
    async with smtp_server() as server, httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        process = start(server, DONDOC_HEALTH_PORT=str(port))

        async def is_ready() -> bool:
            try:
                return (await client.get("/readyz")).status_code == 200
            except httpx.TransportError:
                return False

        await eventually(is_ready)
        assert (await client.get("/healthz")).json() == {"status": "alive"}
        await settled(pool, COUNT)
        process.send_signal(signal.SIGTERM)
        assert await ended(process) == 0
    assert set(ids(server)) == notices
