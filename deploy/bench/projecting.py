"""The real projection of directives, through its own worker: registered facts out of Kafka into an empty read model."""

from deploy.bench.facts import UNITS
from deploy.bench.machine import connect, rate, require_equal
from deploy.bench.registering import EVENTS, QUERIES, Registering
from deploy.local.stack import Stack

SCHEMA = "directives"


async def run(registered: Registering, number: int) -> float:
    """Return events a second into a fresh database; raises WrongResultError unless the read model is complete."""
    infrastructure = registered.infrastructure
    name = f"projection_{number}"
    infrastructure.postgres.create_database(name)
    dsn = infrastructure.postgres.dsn(name)
    stack = Stack(infrastructure, services=["directives"], dsn=dsn)
    try:
        stack.start()
        connection = await connect(dsn, SCHEMA)
        try:

            async def applied() -> int:
                return int(await connection.fetchval(QUERIES["count_applied"], EVENTS))

            speed = await rate(applied, registered.facts, stack.processes["directives"])
            counts = dict(await connection.fetchrow(QUERIES["count_read_model"]) or {})
            ends = dict(await connection.fetchrow(QUERIES["count_held"]) or {})
        finally:
            await connection.close()
    finally:
        stack.stop()
        infrastructure.postgres.drop_database(name)
    require_equal("the read model", {**counts, **ends}, _expected(registered))
    return speed


def _expected(registered: Registering) -> dict[str, int]:
    """Return what thirteen facts of each directive come to."""
    each = registered.directives
    return {
        "facts": registered.facts, "units": UNITS, "directives": each, "tasks": 4 * each, "plans": 2 * each, "conferences": each,
        "reports": 3 * each, "parked": 0, "held": each, "done": 4 * each,
    }  # fmt: skip
