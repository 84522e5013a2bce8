"""`python -m deploy.local.receiver`: a receiver of webhooks on loopback, as a unit's own system is; it believes signatures alone."""

import argparse
import asyncio
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import msgspec
import uvicorn
from standardwebhooks.webhooks import Webhook, WebhookVerificationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from deploy.local.ports import LOOPBACK

SECRET = "secret"  # noqa: S105  the name of a file
RECEIVED = "received.jsonl"
LARGEST = 1024 * 1024
"""Bytes of a body."""


class Received(msgspec.Struct, frozen=True):
    """One request: its id, and what it said where its signature was right, else why it was not believed."""

    id: str
    is_verified: bool
    why: str = ""
    body: dict[str, Any] | None = None


class Desk:
    """Takes requests; the secret is read anew for each, since it is made after the receiver's address is known."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._folder.mkdir(parents=True, exist_ok=True)

    async def receive(self, request: Request) -> Response:
        """Answer 204 to what is signed, 401 to what is not, 503 while there is no secret, 413 to what is too long."""
        body = b""
        async for part in request.stream():
            body += part
            if len(body) > LARGEST:
                return Response(status_code=413)
        secret = read_secret(self._folder)
        if not secret:
            return Response(status_code=503, headers={"Retry-After": "1"})
        received = judge(secret, dict(request.headers), body)
        with (self._folder / RECEIVED).open("ab") as kept:
            kept.write(msgspec.json.encode(received) + b"\n")
        return Response(status_code=204 if received.is_verified else 401)


def judge(secret: str, headers: dict[str, str], body: bytes) -> Received:
    """Return what a request says, once the reference implementation of Standard Webhooks has verified it."""
    name = headers.get("webhook-id", "")
    try:
        return Received(name, is_verified=True, body=Webhook(secret).verify(body, headers))
    except (WebhookVerificationError, ValueError) as error:
        return Received(name, is_verified=False, why=str(error) or type(error).__name__)


def read_secret(folder: Path) -> str:
    """Return the secret that was agreed on, "" while there is none."""
    with suppress(FileNotFoundError):
        return (folder / SECRET).read_text(encoding="ascii").strip()
    return ""


def write_secret(folder: Path, secret: str) -> None:
    """Agree on a secret, for the receiver's eyes only."""
    path = folder / SECRET
    path.touch(0o600)
    path.write_text(secret, encoding="ascii")


def read_received(folder: Path) -> Sequence[Received]:
    """Return what was received so far, oldest first."""
    path = folder / RECEIVED
    lines = path.read_bytes().splitlines() if path.exists() else []
    return [msgspec.json.decode(line, type=Received) for line in lines]


def build_app(folder: Path) -> Starlette:
    """Return the receiver as a web app."""
    return Starlette(routes=[Route("/", Desk(folder).receive, methods=["POST"])])


def main(arguments: Sequence[str] | None = None) -> None:
    """Receive webhooks until SIGTERM."""
    parser = argparse.ArgumentParser(prog="python -m deploy.local.receiver", description=__doc__)
    parser.add_argument("--port", type=int, default=8081)
    parser.add_argument("--folder", type=Path, required=True, help="where what was received is kept, and the secret is looked for")
    options = parser.parse_args(arguments)
    config = uvicorn.Config(build_app(options.folder), host=LOOPBACK, port=options.port, log_level="warning", lifespan="off")
    asyncio.run(uvicorn.Server(config).serve())


if __name__ == "__main__":
    main()
