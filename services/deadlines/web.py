"""The web part of the deadlines service: its API over a pool of its own."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from services.deadlines.api import build_api
from services.deadlines.domain.due import Policy
from services.deadlines.projections import RuleBook
from shared.environment import Environment
from shared.postgres import Pool, create_pool
from shared.web.app import WebPart
from shared.web.openapi import read_examples

SCHEMA = "deadlines"


def part(environment: Environment) -> WebPart:
    """Return this service's share of the web."""
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

    examples = read_examples("services.deadlines")
    return WebPart(name="deadlines", router=build_api(pool, RuleBook(Policy())), lifespan=lifespan, pool=pool, examples=examples)
