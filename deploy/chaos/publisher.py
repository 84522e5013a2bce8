"""A publisher: sends its facts in order over one connection, and sends again, with the same ids, whatever was not answered with 202."""

import asyncio
import random
import time
from collections.abc import Sequence

import httpx
import msgspec

from deploy.chaos.traffic import Pace, Traffic
from deploy.chaos.workload import Submission
from shared.errors import UnavailableError

PATH = "/api/events"
STRUCTURED = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"
ANSWER_SECONDS = 8.0
PATIENCE_SECONDS = 90.0
FIRST_PAUSE, LONGEST_PAUSE = 0.1, 1.0
BATCHED = 0.06
"""How often a publisher sends several facts at once."""
LARGEST_BATCH = 25
REPEATED = 0.03
"""How often a publisher sends again what was answered, as one does whose answer was lost."""
ACCEPTED = (httpx.codes.OK, httpx.codes.ACCEPTED)


class _Receipt(msgspec.Struct):
    receipt: str
    status: str


_decoder = msgspec.json.Decoder(list[_Receipt] | _Receipt)


class Publisher:
    """One agency's system: its connection, its chances, and what it shares with the others."""

    def __init__(self, name: str, client: httpx.AsyncClient, pace: Pace, traffic: Traffic, *, seed: int) -> None:
        self.name = name
        self._client = client
        self._pace = pace
        self._traffic = traffic
        self._chance = random.Random(f"publisher {seed}/{name}")  # noqa: S311  repeatable, not secret

    async def publish(self, script: Sequence[Submission]) -> None:
        """Send everything, each request only after the one before was answered; raise UnavailableError when none comes in the end."""
        begin = 0
        while begin < len(script):
            size = self._chance.randint(2, LARGEST_BATCH) if self._chance.random() < BATCHED else 1
            part = script[begin : begin + size]
            await self._pace.take(len(part))
            await self.send(part)
            if self._chance.random() < REPEATED:
                await self.send(part, is_repeat=True)
            begin += size

    async def send(self, part: Sequence[Submission], *, is_repeat: bool = False, wait: int = 0) -> list[str]:
        """Send facts as one request until it is answered with their receipts, and return their statuses."""
        sent_at = time.monotonic()
        receipts = await self._insist(part, {"Prefer": f"wait={wait}"} if wait else {})
        for submission, receipt in zip(part, receipts, strict=True):
            partition, _, offset = receipt.receipt.partition("-")
            self._traffic.note(submission, (int(partition), int(offset)), sent_at, is_repeat=is_repeat)
        return [receipt.status for receipt in receipts]

    async def _insist(self, part: Sequence[Submission], headers: dict[str, str]) -> list[_Receipt]:
        pause, limit = FIRST_PAUSE, time.monotonic() + PATIENCE_SECONDS
        while time.monotonic() < limit:
            receipts = await self._try(part, headers)
            if receipts is not None:
                return receipts
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)
        facts = ", ".join(each.fact for each in part)
        raise UnavailableError(
            f"{self.name}: no 202 within {PATIENCE_SECONDS:g} s for {facts}; troubles so far: {dict(self._traffic.troubles)}"
        )

    async def _try(self, part: Sequence[Submission], headers: dict[str, str]) -> list[_Receipt] | None:
        """Return the receipts, or None where sending again may help; raise UnavailableError where it cannot."""
        is_single = len(part) == 1
        body = part[0].body if is_single else b"[" + b",".join(each.body for each in part) + b"]"
        media_type = STRUCTURED if is_single else BATCH
        try:
            answer = await self._client.post(PATH, content=body, headers={"Content-Type": media_type, **headers})
        except httpx.TransportError as error:
            self._traffic.troubles[type(error).__name__] += 1
            return None
        if answer.status_code in ACCEPTED:
            told = _decoder.decode(answer.content)
            return told if isinstance(told, list) else [told]
        self._traffic.troubles[str(answer.status_code)] += 1
        if answer.is_server_error:
            return None
        raise UnavailableError(f"{self.name}: {answer.status_code} for {part[0].fact}: {answer.text[:500]}")


def open_client(url: str, api_key: str) -> httpx.AsyncClient:
    """Return a client with one connection of its own."""
    return httpx.AsyncClient(
        base_url=url, timeout=ANSWER_SECONDS, limits=httpx.Limits(max_connections=1), headers={"Authorization": f"Bearer {api_key}"},
        trust_env=False,
    )  # fmt: skip
