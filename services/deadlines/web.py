"""The web part of the deadlines service: its API and fragments over a pool of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from fastapi import APIRouter

from services.deadlines.agents import follow_directives
from services.deadlines.api import build_api
from services.deadlines.console import build_console
from services.deadlines.domain.rules import Rules
from services.deadlines.handlers import FACTS
from services.deadlines.held import OUTLOOK
from services.deadlines.projections import RuleBook
from services.deadlines.settings import Settings
from shared.environment import Environment
from shared.postgres import Pool, create_pool
from shared.web.app import WebPart
from shared.web.openapi import read_examples
from shared.web.parked_lot import Lot
from shared.web.parked_pages import build_parked

SCHEMA = "deadlines"


def part(environment: Environment, settings: Settings | None = None) -> WebPart:
    """Return this service's share of the web."""
    book = RuleBook((settings or Settings.read()).policy)
    opened: list[Pool] = []

    @asynccontextmanager
    async def lifespan() -> AsyncIterator[None]:
        opened.append(await create_pool(environment.dsn, schema=SCHEMA))
        try:
            yield
        finally:
            await opened.pop().close()

    def pool() -> Pool:
        return opened[-1]

    async def opened_pool() -> Pool:
        return pool()

    async def rules() -> Rules:
        return await book.current(pool())

    router = APIRouter()
    router.include_router(build_api(pool, rules))
    router.include_router(build_console(rules))
    router.include_router(build_parked(Lot(SCHEMA, opened_pool, OUTLOOK, {FACTS: follow_directives(book, environment.clock)})))
    return WebPart("deadlines", router, lifespan, pool, examples=read_examples("services.deadlines"))
