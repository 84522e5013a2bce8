"""The servers of a local system that catch mail and webhooks, as processes of their own."""

import signal
import smtplib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.message import EmailMessage
from pathlib import Path

import httpx
import pytest
from standardwebhooks.webhooks import Webhook

from deploy.local.mailbox import read_index, read_message
from deploy.local.polling import wait_until
from deploy.local.ports import free_port, is_listening
from deploy.local.processes import Process
from deploy.local.receiver import read_received, write_secret
from shared.clock import system_clock

SECRET = "whsec_" + "c2VjcmV0LW9mLXRoaXMtdGVzdC1hbG9uZS0="
BODY = b'{"type":"notice.issued","data":{"title":"Qu\xc3\xa1 h\xe1\xba\xa1n"}}'


@contextmanager
def running(module: str, folder: Path) -> Iterator[int]:
    """Run a server until the end of the block, which gets its port; it has to end by itself when it is asked to."""
    port = free_port()
    process = Process(module, [sys.executable, "-m", module, "--port", str(port), "--folder", str(folder)], folder.with_suffix(".log"))
    process.start()
    try:
        wait_until(lambda: is_listening(port), 20, f"the start of {module}")
        yield port
        process.stop()
        assert process.returncode in (0, -signal.SIGTERM), process.log_tail()
    finally:
        process.kill()


def letter(subject: str, text: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = "dondoc@phuoclong.example", "noivu@phuoclong.example", subject
    message["Message-ID"] = "<1@phuoclong.example>"
    message.set_content(text)
    return message


def test_mail_is_caught_whole_and_told_in_its_order(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    with running("deploy.local.mailbox", folder) as port, smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
        client.send_message(letter("Nhắc việc: còn 3 ngày", "Kính gửi Phòng Nội vụ.\n.\nHết."))
        client.send_message(letter("Quá hạn", "Việc đã quá hạn."), to_addrs=["a@phuoclong.example", "b@phuoclong.example"])
    first, second = read_index(folder)
    assert (first.message_id, first.subject, first.recipients) == (
        "<1@phuoclong.example>", "Nhắc việc: còn 3 ngày", ("noivu@phuoclong.example",),
    )  # fmt: skip
    assert read_message(folder, first).get_content() == "Kính gửi Phòng Nội vụ.\r\n.\r\nHết.\r\n"
    assert (second.sender, second.recipients) == ("dondoc@phuoclong.example", ("a@phuoclong.example", "b@phuoclong.example"))


def test_mail_goes_on_being_numbered_after_another_start(tmp_path: Path) -> None:
    folder = tmp_path / "mail"
    for _ in range(2):
        with running("deploy.local.mailbox", folder) as port, smtplib.SMTP("127.0.0.1", port, timeout=10) as client:
            client.send_message(letter("Quá hạn", "Việc đã quá hạn."))
    assert [caught.file for caught in read_index(folder)] == ["0001.eml", "0002.eml"]


async def test_a_webhook_is_taken_only_with_the_signature_that_was_agreed_on(tmp_path: Path) -> None:
    folder = tmp_path / "webhooks"
    now = await system_clock()
    signed = headers(SECRET, now)
    with running("deploy.local.receiver", folder) as port:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            before = await client.post("/", content=BODY, headers=signed)
            write_secret(folder, SECRET)
            answers = [
                await client.post("/", content=content, headers=said)
                for content, said in (
                    (BODY, signed),
                    (BODY.replace(b"issued", b"forged"), signed),
                    (BODY, headers(SECRET[:-4] + "MTE=", now)),
                    (BODY, headers(SECRET, datetime(2021, 4, 5, tzinfo=UTC))),
                    (BODY, {}),
                )
            ]
    assert (before.status_code, before.headers["Retry-After"]) == (503, "1")
    assert [answer.status_code for answer in answers] == [204, 401, 401, 401, 401]
    received = read_received(folder)
    assert [each.is_verified for each in received] == [True, False, False, False, False]
    assert received[0].body == {"type": "notice.issued", "data": {"title": "Quá hạn"}}
    assert "too old" in received[3].why


async def test_a_body_without_end_is_refused(tmp_path: Path) -> None:
    with running("deploy.local.receiver", tmp_path / "webhooks") as port:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
            answer = await client.post("/", content=b"x" * (1024 * 1024 + 1))
    assert answer.status_code == 413


def headers(secret: str, at: datetime) -> dict[str, str]:
    """Return the headers of a signed request."""
    signature = Webhook(secret).sign("notice-1", at, BODY.decode())
    return {"webhook-id": "notice-1", "webhook-timestamp": str(int(at.timestamp())), "webhook-signature": signature}


@pytest.mark.parametrize("module", ["deploy.local.mailbox", "deploy.local.receiver"])
def test_a_catcher_listens_on_loopback_alone(module: str, tmp_path: Path) -> None:
    with running(module, tmp_path / "kept") as port:
        assert not is_listening_on("127.0.0.2", port)


def is_listening_on(host: str, port: int) -> bool:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("deploy.local.ports.LOOPBACK", host)
        return is_listening(port)
