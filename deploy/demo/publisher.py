"""Publishes facts as an agency's own system would: CloudEvents over HTTP, each answered with a receipt."""

from collections.abc import Mapping, Sequence
from uuid import UUID

import httpx
import msgspec

from deploy.demo.reviews import show_review
from deploy.demo.story import Fact
from shared.errors import UnavailableError

PATH = "/api/events"
ONE = "application/cloudevents+json"
BATCH = "application/cloudevents-batch+json"


class Publisher:
    """Sends facts to the ingress and keeps the receipts of those that were taken."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self._client = client
        self.receipts: list[str] = []

    async def send(self, fact: Fact) -> None:
        """Send one fact; raises UnavailableError unless it is answered 202."""
        self.receipts.append((await self._post(ONE, fact)).json()["receipt"])

    async def send_batch(self, facts: Sequence[Fact]) -> None:
        """Send several facts at once; raises UnavailableError unless they are answered 202."""
        self.receipts += [receipt["receipt"] for receipt in (await self._post(BATCH, facts)).json()]

    async def _post(self, media_type: str, content: Fact | Sequence[Fact]) -> httpx.Response:
        answer = await self._client.post(PATH, content=msgspec.json.encode(content), headers={"content-type": media_type})
        if answer.status_code != httpx.codes.ACCEPTED:
            raise UnavailableError(f"{PATH} answered {answer.status_code}: {answer.text}")
        return answer

    async def ask(self) -> Mapping[str, str]:
        """Return what became of each fact that was taken, by its receipt."""
        return {receipt: await self._ask(receipt) for receipt in self.receipts}

    async def review(self, plan: UUID) -> list[str]:
        """Return the lines about what a plan leaves out of what its task demands."""
        answer = await self._client.get(f"/api/plans/{plan}")
        answer.raise_for_status()
        return show_review(answer.json())

    async def _ask(self, receipt: str) -> str:
        answer = await self._client.get(f"{PATH}/{receipt}")
        return str(answer.json()["status"]) if answer.is_success else f"lost ({answer.status_code})"
