"""One attempt at a webhook against real servers on loopback: what is sent where, and how each failure is named."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from ipaddress import ip_network
from pathlib import Path

import httpx
import pytest

from services.notifications.domain.destinations import PUBLIC, Destination, Reach, UnfitDestinationError, parse_destination
from services.notifications.webhooks.channel import outcome_of
from services.notifications.webhooks.configuration import WebhookSettings, trust
from services.notifications.webhooks.sending import Answer, Resolver, Sender
from shared.clock import system_clock
from shared.errors import ConfigurationError
from tests.support.receivers import (
    Authority,
    Behaviour,
    Receiver,
    close_silently,
    endless_after,
    hang,
    hanging_after,
    receiving,
    reset,
    resolving,
    status,
)

LOCAL = Reach((ip_network("127.0.0.0/8"),))
HOST = "hook.example.vn"
HEADERS = {"webhook-id": "n-1", "Content-Type": "application/json"}
BODY = b'{"type":"notice.issued"}'
TLS = httpx.create_ssl_context(trust_env=False)


async def post(url: str, *addresses: str, reach: Reach = LOCAL, seconds: float = 5.0) -> Answer:
    resolve, _ = resolving(addresses or ["127.0.0.1"])
    return await Sender(reach, TLS, resolve, seconds).post(parse_destination(url, LOCAL), HEADERS, BODY)


def url_of(receiver: Receiver, scheme: str = "http") -> str:
    return f"{scheme}://{HOST}:{receiver.port}/hook?a=b%20c"


async def outcome(answer: Answer) -> tuple[str, str]:
    made = outcome_of(answer, await system_clock())
    return made.kind, made.code


async def test_a_message_arrives_whole_under_the_name_that_its_owner_wrote() -> None:
    async with receiving() as receiver:
        answer = await post(url_of(receiver))
    (request,) = receiver.requests
    assert (request.target, request.body, request.headers["host"]) == ("/hook?a=b%20c", BODY, f"{HOST}:{receiver.port}")
    assert {name: request.headers[name] for name in ("webhook-id", "content-type", "user-agent", "accept-encoding")} == {
        "webhook-id": "n-1", "content-type": "application/json", "user-agent": "dondoc", "accept-encoding": "identity",
    }  # fmt: skip
    assert await outcome(answer) == ("delivered", "204")


@pytest.mark.parametrize(
    ("behaviour", "kind", "code"),
    [
        (reset, "unknown", "broken-off"),
        (close_silently, "unknown", "broken-off"),
        (hang, "unknown", "timeout"),
        (hanging_after(b"HTTP/1.1 200 O"), "unknown", "timeout"),
        (hanging_after(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf"), "delivered", "200"),
        (hanging_after(b"HTTP/1.1 500 Oh\r\nContent-Length: 9\r\n\r\nhalf"), "deferred", "500"),
        (endless_after(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n"), "delivered", "200"),
        (endless_after(b"HTTP/1.1 500 Oh\r\nContent-Length: 99999999999\r\n\r\n"), "deferred", "500"),
        (endless_after(b"HTTP/1.1 200 OK\r\nX-Long: "), "unknown", "broken-off"),
        (status("500 Internal Server Error"), "deferred", "500"),
        (status("400 Bad Request"), "deferred", "400"),
        (status("404 Not Found"), "deferred", "404"),
        (status("410 Gone"), "refused", "410"),
        (status("301 Moved Permanently", "Location: http://127.0.0.1/"), "deferred", "redirect"),
        (status("307 Temporary Redirect", "Location: https://elsewhere.example.vn/"), "deferred", "redirect"),
    ],
)
async def test_what_a_receiver_does_is_named(behaviour: Behaviour, kind: str, code: str) -> None:
    async with receiving(behaviour) as receiver:
        answer = await post(url_of(receiver), seconds=1.5)
        assert await outcome(answer) == (kind, code)
        assert receiver.connections == 1


@pytest.mark.parametrize(("line", "asked"), [("429 Too Many Requests", 120), ("503 Service Unavailable", 120), ("500 Oh", None)])
async def test_a_busy_receiver_says_when_it_wants_to_be_asked_again(line: str, asked: int | None) -> None:
    async with receiving(status(line, "Retry-After: 120")) as receiver:
        made = outcome_of(await post(url_of(receiver)), await system_clock())
    assert (made.retry_after.total_seconds() if made.retry_after else None) == asked


async def test_a_wish_that_no_clock_can_hold_leaves_the_answer_as_it_is() -> None:
    at = "Mon, 01 Jan 99999999999999999999 00:00:00 GMT"
    async with receiving(status("503 Service Unavailable", f"Retry-After: {at}")) as receiver:
        made = outcome_of(await post(url_of(receiver)), await system_clock())
    assert (made.kind, made.code, made.retry_after) == ("deferred", "503", None)


async def test_what_a_receiver_says_of_a_failure_is_kept_in_one_short_line() -> None:
    async with receiving(status("500 Oh", body="hỏng\r\n\x00rồi " + "x" * 5_000)) as receiver:
        answer = await post(url_of(receiver))
    assert answer.detail.startswith("hỏng   rồi xxx")
    assert len(answer.detail) <= 200


async def test_a_status_that_came_in_time_counts_whenever_the_body_ends() -> None:
    async with receiving(hanging_after(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nhalf")) as receiver:
        assert (await post(url_of(receiver), seconds=1.0)).status == 200


async def test_who_refuses_connections_was_sent_nothing() -> None:
    async with receiving() as receiver:
        pass
    answer = await post(url_of(receiver))
    assert (answer.failure, answer.is_sent) == ("unreachable", False)
    assert await outcome(answer) == ("deferred", "unreachable")


async def test_an_address_that_refuses_is_passed_over_for_the_next() -> None:
    async with receiving() as receiver:
        assert await outcome(await post(url_of(receiver), "127.0.0.2", "127.0.0.1")) == ("delivered", "204")


async def test_one_address_that_may_not_be_reached_spoils_all_and_nothing_is_connected_to() -> None:
    async with receiving() as receiver:
        answer = await post(url_of(receiver), "127.0.0.1", "10.0.0.1")
        assert (await outcome(answer), answer.detail) == (("deferred", "not-allowed"), "10.0.0.1 is not a public address")
        assert receiver.connections == 0


async def test_without_networks_of_its_own_an_installation_reaches_no_loopback() -> None:
    async with receiving() as receiver:
        answer = await post(f"https://{HOST}/", "127.0.0.1", reach=PUBLIC)
        assert answer.detail == "127.0.0.1 is not a public address"
        assert receiver.connections == 0


async def test_a_name_is_looked_up_once_and_cannot_lead_elsewhere_between_the_look_and_the_connection() -> None:
    resolve, asked = resolving(["127.0.0.1"], ["127.0.0.9"])
    async with receiving() as receiver:
        answer = await Sender(LOCAL, TLS, resolve).post(parse_destination(url_of(receiver), LOCAL), HEADERS, BODY)
    assert answer.status == 204
    assert asked == [HOST]


async def test_a_name_that_turns_to_a_private_address_is_refused_from_then_on() -> None:
    resolve, asked = resolving(["127.0.0.1"], ["169.254.169.254"])
    async with receiving() as receiver:
        sender, destination = Sender(LOCAL, TLS, resolve), parse_destination(url_of(receiver), LOCAL)
        answers = [await sender.post(destination, HEADERS, BODY) for _ in range(2)]
    assert [answer.failure for answer in answers] == ["", "not-allowed"]
    assert (asked, receiver.connections) == ([HOST, HOST], 1)


async def test_no_proxy_of_the_environment_is_used(monkeypatch: pytest.MonkeyPatch) -> None:
    async with receiving() as proxy, receiving() as receiver:
        for name in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy", "all_proxy"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy.port}")
        assert (await post(url_of(receiver))).status == 204
    assert (proxy.connections, receiver.connections) == (0, 1)


async def test_a_resolver_that_hangs_costs_the_attempts_time_and_no_more() -> None:
    async def resolve(_host: str, _port: int) -> list[object]:
        await asyncio.Event().wait()
        return []

    sender = Sender(LOCAL, TLS, resolve, seconds=0.2)  # type: ignore[arg-type]
    answer = await sender.post(parse_destination(f"https://{HOST}/", PUBLIC), HEADERS, BODY)
    assert (answer.failure, answer.is_sent) == ("timeout", False)


@asynccontextmanager
async def saying(*words: bytes) -> AsyncIterator[int]:
    """Run a server that says something before it is asked, and then waits; yield its port."""
    writers: list[asyncio.StreamWriter] = []

    async def speak(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.append(writer)
        for word in words:
            writer.write(word)
            await writer.drain()

    async with await asyncio.start_server(speak, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
        for writer in writers:
            writer.transport.abort()
            with suppress(OSError):
                await writer.wait_closed()


async def test_a_server_that_never_ends_the_handshake_was_sent_nothing() -> None:
    async with saying() as port:
        assert await outcome(await post(f"https://{HOST}:{port}/", seconds=0.5)) == ("deferred", "timeout")


async def test_a_server_that_speaks_no_tls_was_sent_nothing() -> None:
    async with saying(b"HTTP/1.1 400 Bad Request\r\n\r\n") as port:
        assert await outcome(await post(f"https://{HOST}:{port}/")) == ("deferred", "tls")


@pytest.mark.parametrize("host", ["none.invalid", "a" * 64 + ".example.vn", "localhost"])
async def test_the_systems_resolver_finds_what_there_is(host: str) -> None:
    sender = Sender(PUBLIC, TLS, Resolver())
    answer = await sender.post(parse_destination(f"https://{host}/", PUBLIC), HEADERS, BODY)
    assert answer.failure == ("not-allowed" if host == "localhost" else "no-such-host")
    assert not answer.is_sent


@pytest.mark.parametrize("name", ["127.1", "2130706433", "0x7f000001", "017700000001"])
async def test_odd_ways_to_write_loopback_lead_nowhere_should_a_name_be_one(name: str) -> None:
    with pytest.raises(UnfitDestinationError):
        parse_destination(f"https://{name}/", PUBLIC)
    answer = await Sender(PUBLIC, TLS).post(Destination(f"https://{name}/", "https", name, 443), HEADERS, BODY)
    assert answer.failure in ("not-allowed", "no-such-host")


async def test_a_certificate_is_checked_for_the_name_and_its_authority_must_be_known(tmp_path: Path) -> None:
    ours, stranger = (Authority.make(_folder(tmp_path, name)) for name in ("ours", "stranger"))
    resolve, _ = resolving(["127.0.0.1"])
    sender = Sender(LOCAL, trust(str(ours.file)), resolve)
    answers = {}
    for name, context in {
        "right": ours.serving(HOST),
        "other host": ours.serving("other.example.vn"),
        "unknown": stranger.serving(HOST),
    }.items():
        async with receiving(tls=context) as receiver:
            answers[name] = await sender.post(parse_destination(url_of(receiver, "https"), LOCAL), HEADERS, BODY)
            assert len(receiver.requests) == (name == "right")
    assert {name: (await outcome(answer), answer.is_sent) for name, answer in answers.items()} == {
        "right": (("delivered", "204"), True), "other host": (("deferred", "tls"), False), "unknown": (("deferred", "tls"), False),
    }  # fmt: skip
    assert "Hostname mismatch" in answers["other host"].detail


def _folder(parent: Path, name: str) -> Path:
    folder = parent / name
    folder.mkdir()
    return folder


def test_settings_are_read_from_the_environment(tmp_path: Path) -> None:
    authority = Authority.make(tmp_path)
    environ = {"DONDOC_WEBHOOK_ALLOWED_CIDRS": "10.20.0.0/16, fd00::/8", "DONDOC_WEBHOOK_CA": str(authority.file)}
    assert WebhookSettings.read(environ).reach == Reach((ip_network("10.20.0.0/16"), ip_network("fd00::/8")))
    assert WebhookSettings.read({}).reach == PUBLIC


@pytest.mark.parametrize(
    ("name", "value"),
    [("DONDOC_WEBHOOK_ALLOWED_CIDRS", "10.20.0.1/16"), ("DONDOC_WEBHOOK_CA", "none.pem"), ("DONDOC_WEBHOOK_CA", __file__)],
)
def test_a_wrong_setting_stops_the_process_with_its_name(name: str, value: str) -> None:
    with pytest.raises(ConfigurationError, match=name):
        WebhookSettings.read({name: value})
