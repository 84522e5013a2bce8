"""The worker of the deadlines service: follows the facts, keeps the timers, and works through amended calendars."""

from services.deadlines.agents import follow_directives
from services.deadlines.handlers import FACTS, INBOX, TOPIC
from services.deadlines.projections import RuleBook
from services.deadlines.recalculating import Recalculation
from services.deadlines.settings import Settings
from services.deadlines.timers import Timers
from shared.environment import Environment
from shared.processes import run_main, set_up_logs
from shared.streaming.app import Runtime, Subscription, WorkerPlan, run_worker

SCHEMA = "deadlines"
GATHER_MS = 200
"""No page waits for a deadline as for a fact: it may be known a moment later, for half the transactions."""


def build_plan(environment: Environment, settings: Settings) -> WorkerPlan:
    """Return what this worker is."""
    book = RuleBook(settings.policy)

    async def keep_timers(runtime: Runtime) -> None:
        timers = Timers(runtime.ledger, book, environment.clock, batch=settings.timer_batch)
        await timers.run(environment.dsn, SCHEMA)

    async def keep_calendars(runtime: Runtime) -> None:
        await Recalculation(runtime.ledger, book, environment.clock, batch=settings.calendar_batch).run()

    return WorkerPlan(
        schema=SCHEMA,
        subscriptions=[Subscription(FACTS, follow_directives(book, environment.clock))],
        publishes=[TOPIC, INBOX],
        background=[keep_timers, keep_calendars],
        gather_ms=GATHER_MS,
    )


def main() -> None:
    """Run the worker until SIGTERM."""
    set_up_logs()
    environment = Environment.read()
    run_worker(build_plan(environment, Settings.read()), environment)


if __name__ == "__main__":
    run_main(main)
