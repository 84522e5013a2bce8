"""An installation that keeps webhooks: a key to seal their secrets with, and loopback as the network that they may reach."""

import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from ipaddress import ip_network
from uuid import UUID

import httpx
import pytest

from services.notifications.domain.destinations import Reach
from services.notifications.handlers import DIRECTIVES
from services.notifications.settings import Settings
from services.notifications.web import part
from services.notifications.webhooks.configuration import WebhookSettings
from services.notifications.webhooks.vault import Vault
from shared.environment import Environment
from shared.identity.principals import PersonRole
from shared.web.app import build_web
from tests.support.notice_office import Office
from tests.support.notices import HOME_AFFAIRS, OFFICE, event, registered
from tests.support.people import BEARER, add_person, csrf_of, door_of, sign_in
from tests.support.serving import serving

LOCAL = WebhookSettings(Reach((ip_network("127.0.0.0/8"),)), Vault([bytes(range(32))]), ssl.create_default_context())
CODES = {HOME_AFFAIRS: "H10.21.3", OFFICE: "H10.21.1"}


@dataclass
class House:
    """A running web part with webhooks, and how to come in."""

    address: str
    dsn: str

    @asynccontextmanager
    async def program(self) -> AsyncIterator[httpx.AsyncClient]:
        """Give a client with the installation's own key."""
        async with httpx.AsyncClient(base_url=self.address, timeout=30, headers=BEARER) as client:
            yield client

    @asynccontextmanager
    async def person(self, role: PersonRole, unit: UUID | None = None) -> AsyncIterator[httpx.AsyncClient]:
        """Give the browser of somebody who is signed in."""
        name = f"{role}-{unit or 'all'}"
        await add_person(self.dsn, name, role, unit)
        async with httpx.AsyncClient(base_url=self.address, timeout=30) as client:
            assert (await sign_in(client, name)).status_code == 303
            client.headers["X-CSRF-Token"] = await csrf_of(client)
            yield client


@asynccontextmanager
async def housed(dsn: str, settings: WebhookSettings = LOCAL) -> AsyncIterator[House]:
    """Serve the web part with settings of webhooks."""
    environment = Environment(bootstrap="", dsn=dsn, partitions=4, clock="system", health_port=0, host="127.0.0.1", instance=None)
    async with serving(build_web([part(environment, Settings(1, 1), settings)], door_of(dsn))) as address:
        yield House(address, dsn)


@pytest.fixture
async def units(office: Office) -> None:
    """Register two units."""
    for unit, code in CODES.items():
        made = registered(code, "Phòng Nội vụ" if unit == HOME_AFFAIRS else "Văn phòng")
        await office.follow(DIRECTIVES, event(made, f"u-{code}", subject=unit, key=unit, version=1))


@pytest.fixture
async def house(migrated: str, units: None) -> AsyncIterator[House]:  # noqa: ARG001  the units are registered before
    async with housed(migrated) as house:
        yield house
