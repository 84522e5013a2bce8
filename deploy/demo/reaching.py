"""Tells the system how units are reached beside their inboxes, over its API, as an operator does."""

from collections import Counter
from uuid import UUID, uuid5

import httpx

from deploy.demo.catchers import Catchers
from deploy.demo.story import Contact
from deploy.local.receiver import write_secret
from shared.errors import UnavailableError

SPACE = UUID("5d0c0b1e-6a3f-5f0e-8f57-9d2d0b7c4a21")


class Reach:
    """Adds contacts; `count` says how many of a kind each unit has, by its code."""

    def __init__(self, client: httpx.AsyncClient, catchers: Catchers) -> None:
        self._client = client
        self._catchers = catchers
        self.count: Counter[tuple[str, str]] = Counter()

    async def add(self, contact: Contact) -> None:
        """Add a mail address, or a webhook whose secret the receiver is told; raises UnavailableError."""
        if contact.kind == "webhook":
            await self._add_webhook(contact)
        else:
            name = uuid5(SPACE, f"{contact.unit} {contact.value}")
            await self._send("PUT", f"/api/units/{contact.unit}/contacts/{name}", {
                "kind": contact.kind, "value": contact.value, "label": contact.label,
            })  # fmt: skip
        self.count[contact.unit, contact.kind] += 1

    async def _add_webhook(self, contact: Contact) -> None:
        body = {"unit": contact.unit, "url": self._catchers.receiver_url, "label": contact.label}
        answer = await self._send("POST", "/api/webhooks", body)
        write_secret(self._catchers.webhooks, str(answer.json()["secret"]))

    async def _send(self, method: str, path: str, body: dict[str, str]) -> httpx.Response:
        answer = await self._client.request(method, path, json=body)
        if not answer.is_success:
            raise UnavailableError(f"{path} answered {answer.status_code}: {answer.text}")
        return answer
