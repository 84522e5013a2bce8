"""The web part of notifications, and the process that serves it alone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import partial

from fastapi import APIRouter

from services.notifications.api import build_router
from services.notifications.console import build_console
from services.notifications.contacts_api import build_contacts
from services.notifications.deliveries_api import build_deliveries
from services.notifications.deliveries_pages import build_told
from services.notifications.desk import Desk
from services.notifications.escalation_worker import following, read_days
from services.notifications.handlers import DEADLINES, DIRECTIVES, follow_directives
from services.notifications.held import OUTLOOK
from services.notifications.inbox import SCHEMA, Bell
from services.notifications.preview import build_preview
from services.notifications.settings import Settings, read_channels
from services.notifications.webhooks.api import build_webhooks
from services.notifications.webhooks.configuration import WebhookSettings
from services.notifications.webhooks.keeping import Keeper
from services.notifications.webhooks.overview import build_overview
from services.notifications.webhooks.pages import build_contact_pages
from shared.clock import clock_of
from shared.environment import Environment
from shared.identity.settings import PeopleSettings
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool, create_pool
from shared.processes import run_main, set_up_logs, stop_process
from shared.web.app import WebPart, build_web, serve
from shared.web.door import Door
from shared.web.openapi import read_examples
from shared.web.parked_lot import Lot
from shared.web.parked_pages import build_parked


def part(environment: Environment, settings: Settings | None = None, webhooks: WebhookSettings | None = None) -> WebPart:
    """Return the inboxes' share of the web."""
    known, keeper = settings or Settings.read(), Keeper.of(webhooks or WebhookSettings.read())
    opened: list[Desk] = []

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        async with open_desk(environment, known) as desk:
            opened.append(desk)
            try:
                yield
            finally:
                opened.clear()

    def pool() -> Pool:
        return opened[0].pool

    router = APIRouter()
    router.include_router(build_router(lambda: opened[0]))
    router.include_router(build_contacts(lambda: opened[0]))
    router.include_router(build_console(lambda: opened[0]))
    router.include_router(build_deliveries(lambda: opened[0]))
    router.include_router(build_told(lambda: opened[0]))
    router.include_router(build_preview(lambda: opened[0]))
    router.include_router(build_parked(_lot(pool)))
    router.include_router(build_webhooks(lambda: opened[0], keeper))
    router.include_router(build_overview(lambda: opened[0]))
    router.include_router(build_contact_pages(lambda: opened[0], keeper))
    return WebPart("notifications", router, lifespan, pool, examples=read_examples("services.notifications"))


def _lot(pool: Callable[[], Pool]) -> Lot:
    """Return where the worker parks, with what applies it again."""
    channels = read_channels()

    async def get() -> Pool:
        return pool()

    facts = partial(follow_directives, channels=channels)
    return Lot(SCHEMA, get, OUTLOOK, {DIRECTIVES: facts, DEADLINES: following(channels, read_days())})


@asynccontextmanager
async def open_desk(environment: Environment, settings: Settings) -> AsyncIterator[Desk]:
    """Open what the endpoints work with, and follow the relay meanwhile."""
    pool = await create_pool(environment.dsn, schema=SCHEMA, size=environment.partitions + 8)
    bell = Bell(environment.dsn)
    following = asyncio.create_task(bell.run())
    following.add_done_callback(_stop_when_failed)
    try:
        yield Desk(settings.acknowledge_seconds, settings.patience_seconds, pool, Ledger(pool), bell, clock_of(environment, pool))
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
        await pool.close()


def _stop_when_failed(following: asyncio.Task[None]) -> None:
    """End the process when nobody would be woken any more; what passes by itself is waited for and never comes here."""
    if not following.cancelled() and (error := following.exception()):
        stop_process(error)


def main() -> None:
    """Serve the inboxes alone until SIGTERM."""
    set_up_logs()
    environment = Environment.read()
    serve(build_web([part(environment)], Door(PeopleSettings.read(), environment.dsn)), environment)


if __name__ == "__main__":
    run_main(main)
