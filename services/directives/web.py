"""The web part of directives: ingress, query API and the operator's pages; and the process that serves it alone."""

import asyncio
import logging
from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager

from fastapi import APIRouter

from services.directives.api import Reader, build_api
from services.directives.bodies import Bodies
from services.directives.conference_pages import Desk as ConferenceDesk
from services.directives.conference_pages import build_conference_pages
from services.directives.console import build_console
from services.directives.directive_pages import build_directive_pages
from services.directives.ingress import Ingress, build_ingress
from services.directives.intake.cabinet import Cabinet
from services.directives.intake.desk import Desk
from services.directives.intake.files import build_files
from services.directives.intake.intake_api import build_intake_api
from services.directives.intake.pages import build_intake_pages
from services.directives.intake.publishing import Sender
from services.directives.intake.unit_book import UnitBook
from services.directives.live import Changes
from services.directives.overview_pages import build_overview_pages
from services.directives.parked_pages import Desk as ParkedDesk
from services.directives.parked_pages import build_parked_pages
from services.directives.parking import lots_of
from services.directives.plan_pages import build_plan_pages
from services.directives.registry import Registry
from services.directives.registry_api import build_registry
from services.directives.registry_pages import build_registry_pages
from services.directives.settings import Settings, read_limits
from services.directives.task_pages import build_task_pages
from services.directives.unit_pages import Desk as UnitDesk
from services.directives.unit_pages import build_unit_pages
from services.directives.viewing import Console
from services.directives.waiting_api import build_waiting
from shared.clock import clock_of
from shared.environment import Environment
from shared.errors import UnavailableError
from shared.identity.settings import PeopleSettings
from shared.postgres import LatePool, create_pool, is_transient
from shared.processes import run_main, set_up_logs, stop_process
from shared.web.app import WebPart, build_web, serve
from shared.web.door import Door
from shared.web.openapi import read_examples
from shared.web.parked_pages import build_parked

logger = logging.getLogger(__name__)

SCHEMA = "directives"
RETRY_SECONDS = 0.5
POOL_SIZE = 12
UPLOAD_SECONDS = 60.0
MOST_UPLOADED = 160 * 1_048_576
"""How many bytes of letters may be under way at once."""
PARSERS = 2
"""How many of them are taken apart at once."""


def part(environment: Environment, settings: Settings | None = None) -> WebPart:
    """Return the share of directives in the web."""
    known = settings or Settings.read()
    ingress = Ingress(environment, body_seconds=known.body_seconds, limit=known.limit)
    office = Office(environment)
    forwarder = LatePool(environment.dsn, schema="forwarder")
    cabinet = Cabinet(environment.dsn)

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        async with ingress.opened(), office.opened(), cabinet.opened(), aclosing(forwarder):
            yield

    router = APIRouter()
    router.include_router(build_ingress(ingress))
    router.include_router(build_waiting(ingress.receipts))
    router.include_router(build_reading(office))

    def registry() -> Registry:
        return Registry(office.console.reader, ingress.sender, ingress.receipts, environment.partitions)

    router.include_router(build_registry(registry))
    router.include_router(build_registry_pages(registry))
    router.include_router(build_parked_pages(ParkedDesk(ingress.receipts, environment.partitions, lambda: office.console.reader)))
    for lot in lots_of(environment, read_limits(), lambda: ingress.receipts.pool, lambda: office.console.reader.pool, forwarder):
        router.include_router(build_parked(lot))
    router.include_router(build_files(lambda: office.console.reader, cabinet))
    sender = Sender(ingress.sender, ingress.receipts, environment.partitions)
    router.include_router(build_intake(Desk(lambda: office.console.reader, cabinet, sender, UnitBook(), asyncio.Semaphore(PARSERS))))
    return WebPart(
        "directives", router, lifespan, lambda: office.console.reader.pool, ingress.ring.know, read_examples("services.directives")
    )


def build_intake(desk: Desk) -> APIRouter:
    """Return the routes by which letters come in."""
    router, bodies = APIRouter(), Bodies(UPLOAD_SECONDS, MOST_UPLOADED)
    router.include_router(build_intake_api(desk, bodies))
    router.include_router(build_intake_pages(desk, bodies))
    return router


def build_reading(office: "Office") -> APIRouter:
    """Return the routes that only read: the query API and the pages."""
    router = APIRouter()
    router.include_router(build_api(lambda: office.console.reader))
    for build in (build_overview_pages, build_console, build_task_pages, build_directive_pages, build_plan_pages):
        router.include_router(build(lambda: office.console))
    public_url = PeopleSettings.read().public_url
    desk = ConferenceDesk(lambda: office.console.reader, lambda: office.console.changes, public_url)
    router.include_router(build_conference_pages(desk))
    router.include_router(build_unit_pages(UnitDesk(lambda: office.console.reader, lambda: office.console.changes)))
    return router


class Office:
    """Keeps what API and pages work with open; a database that is away when the process starts is waited for beside."""

    def __init__(self, environment: Environment) -> None:
        self._environment = environment
        self._console: Console | None = None

    @property
    def console(self) -> Console:
        """Return what the pages work with; raises UnavailableError until the database has answered."""
        if self._console is None:
            message = "PostgreSQL is away"
            raise UnavailableError(message)
        return self._console

    @asynccontextmanager
    async def opened(self) -> AsyncIterator[None]:
        """Open as soon as the database answers, and close when the block ends."""
        opening = asyncio.create_task(self._keep_open())
        try:
            yield
        finally:
            opening.cancel()
            await asyncio.gather(opening, return_exceptions=True)

    async def _keep_open(self) -> None:
        while True:
            try:
                async with open_console(self._environment) as self._console:
                    await asyncio.Event().wait()
            except Exception as error:  # noqa: BLE001  whatever is not transient stops the process
                if not is_transient(error):
                    stop_process(error)
                logger.warning("the pages wait for PostgreSQL: %s; again in %s s", error or type(error).__name__, RETRY_SECONDS)
                await asyncio.sleep(RETRY_SECONDS)


@asynccontextmanager
async def open_console(environment: Environment) -> AsyncIterator[Console]:
    """Open what API and pages read with, and listen for changes meanwhile."""
    pool = await create_pool(environment.dsn, schema=SCHEMA, size=POOL_SIZE)
    changes = Changes(environment.dsn, pool)
    listening = asyncio.create_task(changes.run())
    try:
        yield Console(Reader(pool, clock_of(environment, pool)), changes)
    finally:
        listening.cancel()
        await asyncio.gather(listening, return_exceptions=True)
        await pool.close()


def main() -> None:
    """Serve directives alone until SIGTERM."""
    set_up_logs()
    environment = Environment.read()
    serve(build_web([part(environment)], Door(PeopleSettings.read(), environment.dsn)), environment)


if __name__ == "__main__":
    run_main(main)
