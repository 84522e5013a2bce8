"""`python -m deploy.local.mailbox`: a real SMTP server on loopback that catches all mail, each message as a file; none goes further."""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import closing
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import msgspec
from aiosmtpd.smtp import SMTP, Envelope, Session

from deploy.local.ports import LOOPBACK
from deploy.local.serving import until_stopped

INDEX = "index.jsonl"
LARGEST = 32 * 1024 * 1024
"""Bytes of a message."""


class Caught(msgspec.Struct, frozen=True):
    """One message that was taken: its file in the folder, who it came from and went to by the envelope, and how it names itself."""

    file: str
    sender: str
    recipients: tuple[str, ...]
    message_id: str
    subject: str


class Catcher:
    """Keeps what the server takes, before it says so; the index is in the order of arrival."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)
        self._count = len(read_index(folder))

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's name
        """Store a message and answer for it."""
        content = envelope.original_content or b""
        message = parse(content)
        self._count += 1
        name = f"{self._count:04}.eml"
        (self._folder / name).write_bytes(content)
        caught = Caught(
            name, envelope.mail_from or "", tuple(envelope.rcpt_tos), str(message["Message-ID"] or ""), str(message["Subject"] or "")
        )
        with (self._folder / INDEX).open("ab") as index:
            index.write(msgspec.json.encode(caught) + b"\n")
        return f"250 kept as {name}"


def parse(content: bytes) -> EmailMessage:
    """Return a message as its reader sees it, encoded headers decoded."""
    return message_from_bytes(content, policy=default)


def read_index(folder: Path) -> Sequence[Caught]:
    """Return what was caught so far, oldest first."""
    path = folder / INDEX
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [msgspec.json.decode(line, type=Caught) for line in lines]


def read_message(folder: Path, caught: Caught) -> EmailMessage:
    """Return a message that was caught."""
    return parse((folder / caught.file).read_bytes())


async def catch(folder: Path, port: int) -> None:
    """Catch mail until SIGTERM."""
    catcher = Catcher(folder)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(catcher, data_size_limit=LARGEST, enable_SMTPUTF8=True, hostname="mailbox.localhost", loop=loop), LOOPBACK, port
    )
    with closing(server):
        print(f"Catching mail on {LOOPBACK}:{port} into {folder}", flush=True)
        await until_stopped()


def main(arguments: Sequence[str] | None = None) -> None:
    """Catch mail until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.mailbox", description=__doc__)
    parser.add_argument("--port", type=int, default=1025)
    parser.add_argument("--folder", type=Path, required=True, help="where messages are kept, as .eml files")
    options = parser.parse_args(arguments)
    asyncio.run(catch(options.folder, options.port))


if __name__ == "__main__":
    main()
