"""Where the workers of directives park what they cannot apply, with what applies it again: for the pages of operators."""

from collections.abc import Awaitable, Callable
from functools import partial

from services.directives.held import FORWARDER, READ_MODEL, REGISTRAR
from services.directives.projections import project_deadlines, project_facts
from services.directives.registering import INBOX, Registrar
from services.directives.verdicts import EVENTS
from services.directives.waiting import Limits
from shared.clock import office_now
from shared.environment import Environment
from shared.postgres import LatePool, Pool
from shared.web.parked_lot import Lot

DEADLINES = "deadlines.events.v1"


def lots_of(
    environment: Environment, limits: Limits, registrar: Callable[[], Pool], read_model: Callable[[], Pool], forwarder: LatePool
) -> list[Lot]:
    """Return the parkings of the three workers, over pools on their schemas; what a publisher's topic brought is not tried again here.

    Only its forwarder knows the pace of a publisher; it parks nothing that it can send on.
    """
    judge = Registrar(environment.partitions, partial(office_now, environment.clock), limits).handle
    return [
        Lot("registrar", _opened(registrar), REGISTRAR, {INBOX: judge}),
        Lot("directives", _opened(read_model), READ_MODEL, {EVENTS: project_facts, DEADLINES: project_deadlines}),
        Lot("forwarder", forwarder.get, FORWARDER),
    ]


def _opened(pool: Callable[[], Pool]) -> Callable[[], Awaitable[Pool]]:
    async def get() -> Pool:
        return pool()

    return get
