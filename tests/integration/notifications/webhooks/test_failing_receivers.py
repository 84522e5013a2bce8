"""Receivers that fail in every way that one knows: no notice is lost, each keeps its id, and what may have been taken is named so."""

import asyncio
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest
from standardwebhooks import Webhook

from services.notifications.contacts import Author, Contact, put_contact
from services.notifications.delivering.channel import Message, Notice, Outcome, Unit
from services.notifications.domain.deliveries import Kind
from services.notifications.domain.destinations import PUBLIC
from services.notifications.domain.retries import ATTEMPTS
from services.notifications.handlers import DIRECTIVES
from services.notifications.webhooks.channel import WebhookChannel
from services.notifications.webhooks.configuration import WebhookSettings, trust
from services.notifications.webhooks.sending import Sender
from services.notifications.webhooks.store import Change, NewWebhook, add_webhook, disable_webhook, remove_webhook, rotate_secret
from services.notifications.webhooks.vault import Vault
from shared.clock import system_clock
from shared.contracts.notifications import NoticeDelivered, NoticeFailed, NoticeIssued
from shared.postgres import Pool
from tests.integration.notifications.webhooks.conftest import LOCAL
from tests.support.delivering import attempts, delivering, settled, states
from tests.support.notice_office import Office
from tests.support.notices import AT, DIRECTIVE, HOME_AFFAIRS, TASK, assigned, derived, event, scheduled
from tests.support.receivers import (
    OK,
    Authority,
    Behaviour,
    Request,
    answering,
    close_silently,
    dripping,
    dripping_after,
    endless_after,
    hang,
    hanging_after,
    receiving,
    reset,
    resolving,
    status,
)

PUBLIC_URL = "https://dondoc.example.gov.vn"
SECONDS = 1.5
WEBHOOK: tuple[Kind, ...] = ("webhook",)
AUTHOR = Author("account:tests", None)
WAYS: dict[str, tuple[Behaviour, tuple[str, str]]] = {
    "resets": (reset, ("unknown", "broken-off")),
    "hangs before the headers": (hang, ("unknown", "timeout")),
    "hangs in the headers": (hanging_after(b"HTTP/1.1 200 OK\r\nX-A: "), ("unknown", "timeout")),
    "hangs in the body": (hanging_after(b"HTTP/1.1 500 Oh\r\nContent-Length: 9\r\n\r\nhalf"), ("deferred", "500")),
    "fails": (status("500 Internal Server Error"), ("deferred", "500")),
    "is busy": (status("429 Too Many Requests", "Retry-After: 1"), ("deferred", "429")),
    "redirects": (status("302 Found", "Location: http://127.0.0.1:1/"), ("deferred", "redirect")),
    "has an endless body": (endless_after(b"HTTP/1.1 503 Oh\r\nContent-Length: 99999999999\r\n\r\n"), ("deferred", "503")),
    "closes without an answer": (close_silently, ("unknown", "broken-off")),
    "drips the status": (dripping(b"HTTP/1.1 200 OK\r\n" * 9), ("unknown", "timeout")),
    "drips the body": (dripping_after(b"HTTP/1.1 500 Oh\r\nContent-Length: 999\r\n\r\n", b"x" * 999), ("deferred", "500")),
    "asks to go on for ever": (dripping(b"HTTP/1.1 100 Continue\r\n\r\n", times=1_000, seconds=0.001), ("unknown", "timeout")),
    "speaks no HTTP": (answering(b"220 mail.example.vn ESMTP\r\n"), ("unknown", "broken-off")),
    "has endless headers": (endless_after(b"HTTP/1.1 200 OK\r\nX-Long: "), ("unknown", "broken-off")),
}
"""What a receiver does to a request that it gets, and how the attempt is named; refused connections and wrong certificates come below."""
HALVES = [*WAYS][::2], [*WAYS][1::2]
"""Fewer than there are attempts, so that the last one can succeed."""


@dataclass
class Hook:
    """The one webhook of the unit."""

    pool: Pool
    id: UUID
    secret: str
    url: str

    @classmethod
    async def add(cls, pool: Pool, port: int, scheme: str = "http") -> "Hook":
        """Add it, at a port of loopback."""
        new = NewWebhook(HOME_AFFAIRS, f"{scheme}://hook.example.vn:{port}/dondoc", None)
        keyed = await add_webhook(pool, LOCAL.vault, new, Change(AUTHOR, await system_clock()))
        return cls(pool, keyed.webhook.id, keyed.secret, new.url)

    def channel(self, authority: Path | None = None, clock: Callable[[], Awaitable[datetime]] = system_clock) -> WebhookChannel:
        """Return the courier's channel, whose names all lead to loopback."""
        resolve, _ = resolving(["127.0.0.1"])
        sender = Sender(LOCAL.reach, trust(str(authority) if authority else None), resolve, SECONDS)
        return WebhookChannel(self.pool, LOCAL, PUBLIC_URL, sender=sender, clock=clock)

    async def state(self) -> tuple[str | None, bool]:
        """Return why it is disabled, and whether it counts as failing."""
        row = await self.pool.fetchrow("SELECT disabled_why, failing_since FROM contact WHERE id = $1", self.id)
        assert row is not None
        return row["disabled_why"], row["failing_since"] is not None


@dataclass
class Staged:
    """A channel before which something happens at each attempt."""

    channel: WebhookChannel
    stage: Callable[[int], Awaitable[None]]
    kind: Kind = "webhook"
    ids: list[UUID] = field(default_factory=list)

    async def attempt(self, message: Message) -> Outcome:
        """Try, once the stage is set."""
        self.ids.append(message.notice.notice)
        await self.stage(message.attempt)
        return await self.channel.attempt(message)


async def issue(office: Office, count: int = 1) -> list[NoticeIssued]:
    """Assign tasks to the unit, have Kafka take the notices, and return those by webhook."""
    office.channels = WEBHOOK
    await office.follow(DIRECTIVES, *(event(assigned(), f"t-{n}", subject=derived(n)) for n in range(count)))
    await office.send()
    return [data for data, _ in await office.published() if isinstance(data, NoticeIssued) and data.channel == "webhook"]


def verify(hook: Hook, requests: list[Request], notice: NoticeIssued) -> None:
    """See that a notice came as often as it was tried, signed each time, under one id and with one body."""
    mine = [request for request in requests if request.headers["webhook-id"] == str(notice.notice)]
    assert mine
    assert len({request.body for request in mine}) == 1
    for request in mine:
        said = Webhook(hook.secret).verify(request.body, request.headers)
        assert (said["data"]["notice"], said["data"]["title"]) == (str(notice.notice), notice.title)


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize("half", HALVES, ids=["one half", "other half"])
async def test_notices_arrive_though_the_receiver_fails_in_every_way_at_each_of_them(
    half: list[str], office: Office, pool: Pool, migrated: str
) -> None:
    assert len(WAYS) >= 10
    assert len(half) < ATTEMPTS
    seen: Counter[str] = Counter()
    ways = [WAYS[name] for name in half]

    async def fail_first(request: Request, writer: object) -> None:
        name = request.headers["webhook-id"]
        seen[name] += 1
        behaviour = ways[seen[name] - 1][0] if seen[name] <= len(ways) else answering(OK)
        await behaviour(request, writer)  # type: ignore[arg-type]

    async with receiving(fail_first) as receiver:
        hook = await Hook.add(pool, receiver.port)
        notices = await issue(office, 3)
        async with delivering(pool, migrated, hook.channel()):
            rows = await settled(pool, 3, 60)
    assert {row["notice"]: (row["outcome"], row["attempts"]) for row in rows} == {
        notice.notice: ("delivered", len(ways) + 1) for notice in notices
    }
    tried = [(outcome, code) for _, outcome, code in await attempts(pool)]
    assert Counter(tried) == Counter([name for _, name in ways] * 3 + [("delivered", "204")] * 3)
    for notice in notices:
        verify(hook, receiver.requests, notice)
    delivered = [data for data, _ in await office.published() if isinstance(data, NoticeDelivered)]
    assert sorted(each.notice for each in delivered) == sorted(each.notice for each in notices)
    assert await hook.state() == (None, False)


@pytest.mark.usefixtures("units")
async def test_a_receiver_that_refuses_connections_gets_the_notice_once_it_is_back(office: Office, pool: Pool, migrated: str) -> None:
    async with receiving() as before:
        port = before.port
    hook = await Hook.add(pool, port)
    (notice,) = await issue(office)
    async with AsyncExitStack() as stack:
        back = []

        async def come_back(attempt: int) -> None:
            if attempt == 4:
                back.append(await stack.enter_async_context(receiving(port=port)))

        async with delivering(pool, migrated, Staged(hook.channel(), come_back)):
            await settled(pool)
        assert await attempts(pool) == [(n, "deferred", "unreachable") for n in (1, 2, 3)] + [(4, "delivered", "204")]
        verify(hook, back[0].requests, notice)
        assert len(back[0].requests) == 1


@pytest.mark.usefixtures("units")
async def test_a_receiver_with_a_wrong_certificate_is_sent_nothing_until_it_has_a_right_one(
    office: Office, pool: Pool, migrated: str, tmp_path: Path
) -> None:
    authority = Authority.make(tmp_path)
    wrong, right = authority.serving("elsewhere.example.vn"), authority.serving("hook.example.vn")
    async with AsyncExitStack() as bad, AsyncExitStack() as good:
        first = await bad.enter_async_context(receiving(tls=wrong))
        hook = await Hook.add(pool, first.port, "https")
        (notice,) = await issue(office)
        later = []

        async def mend(attempt: int) -> None:
            if attempt == 3:
                await bad.aclose()
                later.append(await good.enter_async_context(receiving(tls=right, port=first.port)))

        async with delivering(pool, migrated, Staged(hook.channel(authority.file), mend)):
            await settled(pool)
        assert await attempts(pool) == [(1, "deferred", "tls"), (2, "deferred", "tls"), (3, "delivered", "204")]
        assert first.requests == []
        verify(hook, later[0].requests, notice)


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize(("behaviour", "ends_as"), [(close_silently, "unknown"), (status("500 Oh"), "failed")])
async def test_what_never_arrives_ends_after_the_last_attempt_and_says_whether_it_may_have_been_taken(
    office: Office, pool: Pool, migrated: str, behaviour: Behaviour, ends_as: str
) -> None:
    async with receiving(behaviour) as receiver:
        hook = await Hook.add(pool, receiver.port)
        (notice,) = await issue(office)
        async with delivering(pool, migrated, hook.channel()):
            (row,) = await settled(pool)
    assert (row["outcome"], row["attempts"]) == (ends_as, ATTEMPTS)
    assert {request.headers["webhook-id"] for request in receiver.requests} == {str(notice.notice)}
    failed, _ = (await office.published())[-1]
    assert isinstance(failed, NoticeFailed)
    assert (failed.notice, failed.outcome, failed.attempts) == (notice.notice, ends_as, ATTEMPTS)
    assert await hook.state() == (None, True)


@pytest.mark.usefixtures("units")
async def test_a_receiver_that_is_gone_is_disabled_and_written_down(office: Office, pool: Pool, migrated: str) -> None:
    async with receiving(status("410 Gone")) as receiver:
        hook = await Hook.add(pool, receiver.port)
        await issue(office)
        async with delivering(pool, migrated, hook.channel()):
            (row,) = await settled(pool)
        assert (row["outcome"], row["attempts"]) == ("failed", 1)
        assert await hook.state() == ("gone", False)
        audit = "SELECT actor, detail::text AS detail FROM identity.audit WHERE action = 'webhook-disabled'"
        (line,) = await pool.fetch(audit)
        assert (line["actor"], json.loads(line["detail"])) == ("service:courier", {"webhook": str(hook.id), "why": "gone"})
        await office.follow(DIRECTIVES, event(assigned(), "t-after", subject=derived(99)))
        assert len([data for data, _ in await office.published() if isinstance(data, NoticeIssued) and data.channel == "webhook"]) == 1
    assert len(receiver.requests) == 1


@pytest.mark.usefixtures("units")
async def test_a_receiver_that_took_nothing_for_five_days_is_disabled_and_one_success_begins_the_days_anew(
    office: Office, pool: Pool, migrated: str
) -> None:
    now = await system_clock()
    steps = [timedelta(0), timedelta(days=4), timedelta(days=4.5), timedelta(days=9.4), timedelta(days=9.6)]

    async def clock() -> datetime:
        return now + (steps.pop(0) if len(steps) > 1 else steps[0])

    behaviours = (status("500 Oh"), answering(OK), status("500 Oh"), status("500 Oh"), status("500 Oh"))
    async with receiving(*behaviours) as receiver:
        hook = await Hook.add(pool, receiver.port)
        (notice, _) = await issue(office, 2)
        channel, disabled = hook.channel(clock=clock), []
        message = message_of(hook, notice, receiver.port)
        for _ in behaviours:
            await channel.attempt(message)
            disabled.append(await hook.state())
    assert disabled == [(None, True), (None, False), (None, True), (None, True), ("failing", True)]
    assert await channel.attempt(message) == Outcome("withdrawn", "disabled", "failing")
    assert len(receiver.requests) == len(behaviours)
    assert migrated


def message_of(hook: Hook, notice: NoticeIssued, port: int) -> Message:
    told = Notice(
        notice.notice, notice.rule, notice.title, notice.body, notice.directive, notice.task, notice.about, AT, None, None, None
    )  # fmt: skip
    return Message(hook.id, 1, hook.id, f"http://hook.example.vn:{port}/dondoc", None, Unit(HOME_AFFAIRS, "H10.21.3", "Phòng Nội vụ"), told)


@pytest.mark.usefixtures("units")
async def test_during_a_rotation_a_receiver_with_either_secret_takes_notices(office: Office, pool: Pool, migrated: str) -> None:
    async with receiving() as receiver:
        hook = await Hook.add(pool, receiver.port)
        newer = await rotate_secret(pool, LOCAL.vault, hook.id, Change(AUTHOR, await system_clock()))
        await issue(office)
        async with delivering(pool, migrated, hook.channel()):
            await settled(pool)
    (request,) = receiver.requests
    for secret in (hook.secret, newer.secret):
        Webhook(secret).verify(request.body, request.headers)


@pytest.mark.usefixtures("units")
async def test_with_another_key_nothing_is_sent_and_the_receiver_is_not_blamed(office: Office, pool: Pool) -> None:
    async with receiving() as receiver:
        hook = await Hook.add(pool, receiver.port)
        (notice,) = await issue(office)
        settings = type(LOCAL)(LOCAL.reach, Vault([bytes(32)]), LOCAL.tls)
        outcome = await WebhookChannel(pool, settings, PUBLIC_URL).attempt(message_of(hook, notice, receiver.port))
    assert (outcome.kind, outcome.code, receiver.requests) == ("deferred", "secret-sealed", [])
    assert await hook.state() == (None, False)


@pytest.mark.usefixtures("units")
async def test_a_notice_says_all_that_a_program_needs(office: Office, pool: Pool, migrated: str) -> None:
    async with receiving() as receiver:
        hook = await Hook.add(pool, receiver.port)
        office.channels = WEBHOOK
        await office.follow(DIRECTIVES, event(assigned(), "t-1"), event(scheduled(), "c-1", subject=derived(7)))
        await office.send()
        async with delivering(pool, migrated, hook.channel()):
            await settled(pool, 2)
    bodies = {body["data"]["rule"]: body for body in (json.loads(request.body) for request in receiver.requests)}
    assert all(b'": ' not in request.body and b'", "' not in request.body[:60] for request in receiver.requests)
    body = bodies["task-assigned"]
    assert (body["type"], body["timestamp"]) == ("notice.issued", "2021-04-12T01:00:00Z")
    assert body["data"]["unit"] == {"code": "H10.21.3", "name": "Phòng Nội vụ"}
    assert (body["data"]["directive"], body["data"]["task"]) == (str(DIRECTIVE), str(TASK))
    assert body["data"]["links"] == {
        "inbox": f"{PUBLIC_URL}/units/H10.21.3/inbox", "directive": f"{PUBLIC_URL}/directives/{DIRECTIVE}",
        "task": f"{PUBLIC_URL}/tasks/{TASK}",
    }  # fmt: skip
    told = bodies["conference-scheduled"]["data"]
    invitation = told["invitation"]
    assert told["links"]["conference"] == f"{PUBLIC_URL}/conferences?month=2021-04#conference-{derived(7)}"
    assert (invitation["method"], invitation["starts_at"]) == ("request", "2021-04-28T01:00:00Z")


def waiting_for(let_go: asyncio.Event, begun: asyncio.Event, behaviour: Behaviour) -> Behaviour:
    """Answer once it is let go, and tell when the request is there."""

    async def behave(request: Request, writer: asyncio.StreamWriter) -> None:
        begun.set()
        await let_go.wait()
        await behaviour(request, writer)

    return behave


@pytest.mark.usefixtures("units")
async def test_a_success_counts_against_a_failure_that_was_noted_while_it_was_under_way(office: Office, pool: Pool) -> None:
    let_go, begun = asyncio.Event(), asyncio.Event()
    async with receiving(waiting_for(let_go, begun, answering(OK)), status("500 Oh")) as receiver:
        hook = await Hook.add(pool, receiver.port)
        (notice, other) = await issue(office, 2)
        slow = asyncio.create_task(hook.channel().attempt(message_of(hook, notice, receiver.port)))
        await begun.wait()
        failed = await hook.channel().attempt(message_of(hook, other, receiver.port))
        assert (failed.kind, await hook.state()) == ("deferred", (None, True))
        let_go.set()
        assert (await slow).kind == "delivered"
    assert await hook.state() == (None, False)


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize("behaviour", [status("410 Gone"), status("500 Oh")])
async def test_what_an_address_says_that_was_given_up_meanwhile_is_not_held_against_the_new_one(
    behaviour: Behaviour, office: Office, pool: Pool
) -> None:
    let_go, begun = asyncio.Event(), asyncio.Event()
    async with receiving(waiting_for(let_go, begun, behaviour)) as receiver:
        hook = await Hook.add(pool, receiver.port)
        (notice,) = await issue(office)
        attempt = asyncio.create_task(hook.channel().attempt(message_of(hook, notice, receiver.port)))
        await begun.wait()
        moved = Contact(id=hook.id, kind="webhook", value="https://new.example.vn/dondoc", label=None, changed_at=AT)
        await put_contact(pool, HOME_AFFAIRS, moved, AUTHOR)
        let_go.set()
        await attempt
    assert await hook.state() == (None, False)


@pytest.mark.usefixtures("units")
@pytest.mark.parametrize(("how", "code"), [("remove", "removed"), ("disable", "disabled")])
async def test_a_webhook_that_was_removed_or_disabled_meanwhile_is_sent_nothing_and_the_log_says_why(
    how: str, code: str, office: Office, pool: Pool, migrated: str
) -> None:
    async def withdraw(_attempt: int) -> None:
        change = Change(AUTHOR, await system_clock())
        await (remove_webhook(pool, hook.id, change) if how == "remove" else disable_webhook(pool, hook.id, hook.url, "gone", change))

    async with receiving() as receiver:
        hook = await Hook.add(pool, receiver.port)
        (notice,) = await issue(office)
        async with delivering(pool, migrated, Staged(hook.channel(), withdraw)):
            (row,) = await settled(pool)
    assert receiver.requests == []
    assert await attempts(pool) == [(1, "withdrawn", code)]
    assert await states(pool) == ["withdrawn"]
    assert (row["notice"], row["outcome"], row["detail"]) == (
        notice.notice, "failed", "there is no such contact any more, or it is disabled",
    )  # fmt: skip


DISK_IS_FULL = """
CREATE FUNCTION disk_is_full() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION 'disk' USING ERRCODE = 'disk_full'; END $$
"""


@pytest.mark.usefixtures("units")
async def test_what_came_of_an_attempt_is_told_though_the_database_cannot_keep_what_follows_from_it(office: Office, pool: Pool) -> None:
    async with receiving() as receiver:
        hook = await Hook.add(pool, receiver.port)
        (notice,) = await issue(office)
        await pool.execute("UPDATE contact SET failing_since = now()")
        await pool.execute(DISK_IS_FULL)
        await pool.execute("CREATE TRIGGER full_disk BEFORE UPDATE ON contact FOR EACH ROW EXECUTE FUNCTION disk_is_full()")
        outcome = await hook.channel().attempt(message_of(hook, notice, receiver.port))
    assert (outcome.kind, len(receiver.requests)) == ("delivered", 1)


@pytest.mark.usefixtures("units")
async def test_an_address_that_the_installation_no_longer_reaches_is_sent_nothing(office: Office, pool: Pool) -> None:
    async with receiving() as receiver:
        hook = await Hook.add(pool, receiver.port)
        (notice,) = await issue(office)
        closed = WebhookChannel(pool, WebhookSettings(PUBLIC, LOCAL.vault, LOCAL.tls), PUBLIC_URL)
        outcome = await closed.attempt(message_of(hook, notice, receiver.port))
    assert (outcome.kind, outcome.code, receiver.connections) == ("deferred", "not-allowed", 0)
