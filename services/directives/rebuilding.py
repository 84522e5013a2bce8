"""How the read model comes out of the topics again: the worker's own writing, without waking anybody."""

from collections.abc import Sequence

from services.directives.projections import write_deadlines, write_facts
from shared.journal.unit_of_work import UnitOfWork
from shared.rebuild.plan import RebuildPlan
from shared.sql import Queries
from shared.streaming.app import Subscription
from shared.streaming.runs import Record

SCHEMA = "directives"


def plan_rebuild(sources: Sequence[tuple[str, str]]) -> RebuildPlan:
    """Return the plan over the migrations that make the schema."""
    subscriptions = (Subscription("directives.events.v1", write_facts), Subscription("deadlines.events.v1", _write_deadlines))
    return RebuildPlan(SCHEMA, sources, subscriptions, Queries("services.directives", "sql/tables.sql"))


async def _write_deadlines(work: UnitOfWork, records: Sequence[Record]) -> None:
    await write_deadlines(work, records)
