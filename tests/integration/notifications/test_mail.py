"""Mail against a real SMTP server that is cut at every step: nothing lost, one id, and what may have arrived is named so."""

import ssl
from collections import Counter
from email import message_from_bytes, policy
from pathlib import Path
from uuid import UUID

import pytest

from services.notifications.delivering.channel import Outcome
from services.notifications.handlers import DIRECTIVES
from services.notifications.mail.channel import MailChannel
from services.notifications.mail.composing import From
from services.notifications.mail.sending import Envelope, hand_in
from services.notifications.mail.server import Security
from shared.postgres import Pool
from tests.support.delivering import attempts, delivering, mail_notice, settled
from tests.support.notice_office import Office
from tests.support.notices import HOME_AFFAIRS, event, registered
from tests.support.receivers import Authority
from tests.support.smtp import PASSWORD, STEPS, USER, Fault, SmtpServer, Step, smtp_server

CONTACT = UUID("c4000000-0000-4000-8000-000000000001")
ADDRESS = "vanthu@phuoclong.example.gov.vn"
SENDER = From("don-doc@huyen.example.gov.vn", "Đôn Đốc huyện")
URL = "https://dondoc.example.gov.vn"
LETTER = Envelope(SENDER.address, ADDRESS, b"Subject: x\r\n\r\n.first\r\n..second\r\nlast\r\n")
PLAIN = ssl.create_default_context()
STEP_SECONDS = 0.3


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority.make(tmp_path)


@pytest.fixture
async def office(office: Office) -> Office:
    office.channels = {"mail"}
    unit = event(registered("H10.21.3", "Phòng Nội vụ"), "u-1", subject=HOME_AFFAIRS, key=HOME_AFFAIRS, version=1)
    await office.follow(DIRECTIVES, unit)
    return office


async def handed_in(server: SmtpServer, tls: ssl.SSLContext = PLAIN, *, user: str = "", password: str = "") -> Outcome:
    return await hand_in(server.address(user=user, password=password), LETTER, tls, step_seconds=STEP_SECONDS)


def ids(server: SmtpServer) -> Counter[str]:
    return Counter(str(message_from_bytes(each.content, policy=policy.default)["Message-ID"]) for each in server.taken)


async def test_a_message_is_taken_as_it_was_sent() -> None:
    async with smtp_server() as server:
        outcome = await handed_in(server)
    assert outcome == Outcome("delivered", "250", "OK")
    [taken] = server.taken
    assert (taken.sender, taken.recipient, taken.content) == (LETTER.sender, LETTER.recipient, LETTER.content)


EXPECTED = {"body": "unknown", "end": "unknown", "QUIT": "delivered"}


@pytest.mark.parametrize("act", ["close", "reset", "hang"])
@pytest.mark.parametrize("step", STEPS)
async def test_a_cut_at_any_step_is_named_for_what_it_is(step: Step, act: str, authority: Authority) -> None:
    fault = Fault(step, act)  # type: ignore[arg-type]  # a parameter of the test
    believing = ssl.create_default_context(cafile=str(authority.file))
    security: Security = "starttls" if step == "STARTTLS" else "plain"
    async with smtp_server(fault, security=security, tls=authority.serving("localhost")) as server:
        user = {"user": USER, "password": PASSWORD} if step == "AUTH" else {}
        outcome = await handed_in(server, believing, **user)
    assert outcome.kind == EXPECTED.get(step, "deferred"), outcome
    assert outcome.code in ("timeout" if act == "hang" else "disconnected", "unreachable", "250"), outcome
    assert len(server.taken) == (step in ("end", "QUIT"))


@pytest.mark.parametrize(
    ("step", "answer", "kind"),
    [
        ("greeting", "421 too busy", "deferred"),
        ("greeting", "554 go away", "deferred"),
        ("EHLO", "550 who are you", "deferred"),
        ("MAIL", "451 later", "deferred"),
        ("MAIL", "550 not from you", "deferred"),
        ("RCPT", "450 greylisted", "deferred"),
        ("RCPT", "452 full", "deferred"),
        ("RCPT", "550 5.1.1 no such user", "refused"),
        ("RCPT", "553 not allowed", "refused"),
        ("RCPT", "252 will try", "deferred"),
        ("DATA", "250 what message", "deferred"),
        ("DATA", "451 later", "deferred"),
        ("DATA", "554 no valid recipients", "refused"),
        ("end", "452 no space", "deferred"),
        ("end", "552 too large", "refused"),
        ("end", "554 spam", "refused"),
        ("QUIT", "500 what", "delivered"),
    ],
)
async def test_what_the_server_says_is_put_off_or_final(step: Step, answer: str, kind: str) -> None:
    async with smtp_server(Fault(step, "answer", answer)) as server:
        outcome = await handed_in(server)
    assert outcome.kind == kind
    assert outcome.code == ("250" if step == "QUIT" else answer[:3])


@pytest.mark.parametrize("answer", ["what?", "2", "999 9", "-50 x", "354 go on", "150 wait"])
@pytest.mark.parametrize(("step", "kind"), [("greeting", "deferred"), ("MAIL", "deferred"), ("RCPT", "deferred"), ("end", "unknown")])
async def test_an_answer_that_the_protocol_does_not_know_says_neither_yes_nor_no(step: Step, kind: str, answer: str) -> None:
    async with smtp_server(Fault(step, "answer", answer)) as server:
        outcome = await handed_in(server)
    assert (outcome.kind, outcome.code) == (kind, answer[:3] if answer in ("354 go on", "150 wait") else "malformed")


@pytest.mark.parametrize("security", ["tls", "starttls"])
async def test_mail_goes_by_tls_with_a_sign_in(security: Security, authority: Authority) -> None:
    believing = ssl.create_default_context(cafile=str(authority.file))
    async with smtp_server(security=security, tls=authority.serving("localhost")) as server:
        outcome = await handed_in(server, believing, user=USER, password=PASSWORD)
    assert (outcome.kind, server.signed_in, len(server.taken)) == ("delivered", [USER], 1)


@pytest.mark.parametrize("security", ["tls", "starttls"])
@pytest.mark.parametrize("wrong", ["authority", "name"])
async def test_nothing_is_said_to_a_server_with_a_wrong_certificate(security: Security, wrong: str, authority: Authority) -> None:
    believing = PLAIN if wrong == "authority" else ssl.create_default_context(cafile=str(authority.file))
    name = "localhost" if wrong == "authority" else "mail.example.gov.vn"
    async with smtp_server(security=security, tls=authority.serving(name)) as server:
        outcome = await handed_in(server, believing, user=USER, password=PASSWORD)
    assert (outcome.kind, outcome.code, server.signed_in, server.taken) == ("deferred", "tls", [], [])


async def test_a_server_without_tls_gets_no_mail_where_tls_was_asked_for() -> None:
    async with smtp_server() as server:
        server.security = "starttls"
        address = server.address()
        server.security = "plain"
        outcome = await hand_in(address, LETTER, PLAIN, step_seconds=STEP_SECONDS)
    assert (outcome.kind, server.taken) == ("deferred", [])


async def test_a_wrong_password_is_put_off() -> None:
    async with smtp_server() as server:
        outcome = await handed_in(server, user=USER, password="wrong")  # noqa: S106
    assert (outcome.kind, outcome.code, server.taken) == ("deferred", "535", [])


async def test_a_server_that_is_not_there_is_put_off() -> None:
    async with smtp_server() as server:
        address = server.address()
    outcome = await hand_in(address, LETTER, PLAIN, step_seconds=STEP_SECONDS)
    assert (outcome.kind, outcome.code) == ("deferred", "unreachable")


@pytest.mark.parametrize("act", ["close", "reset"])
@pytest.mark.parametrize("step", [each for each in STEPS if each not in ("STARTTLS", "AUTH")])
async def test_whatever_step_is_cut_the_notice_arrives_under_its_one_id(
    step: Step, act: str, office: Office, pool: Pool, migrated: str
) -> None:
    notice = await mail_notice(office, CONTACT, ADDRESS)
    async with smtp_server(Fault(step, act), Fault(step, act)) as server:  # type: ignore[arg-type]
        channel = MailChannel(server.address(), SENDER, URL, step_seconds=STEP_SECONDS)
        async with delivering(pool, migrated, channel):
            [row] = await settled(pool)
    first = EXPECTED.get(step, "deferred")
    assert [outcome for _, outcome, _ in await attempts(pool)] == (["delivered"] if step == "QUIT" else [first, first, "delivered"])
    assert row["outcome"] == "delivered"
    assert ids(server) == {f"<{notice.notice}@huyen.example.gov.vn>": 3 if step == "end" else 1}


async def test_a_server_that_never_answers_for_what_it_took_ends_as_unknown(office: Office, pool: Pool, migrated: str) -> None:
    notice = await mail_notice(office, CONTACT, ADDRESS)
    async with (
        smtp_server(*[Fault("end", "close")] * 20) as server,
        delivering(pool, migrated, MailChannel(server.address(), SENDER, URL, step_seconds=STEP_SECONDS)),
    ):
        [row] = await settled(pool)
    assert (row["outcome"], row["attempts"], row["detail"]) == ("unknown", 10, "disconnected")
    assert set(ids(server)) == {f"<{notice.notice}@huyen.example.gov.vn>"}
