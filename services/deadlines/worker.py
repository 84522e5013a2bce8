"""The worker of the deadlines service: follows the facts, and keeps the timers."""

from services.deadlines.agents import FACTS, follow_directives
from services.deadlines.domain.rules import Rules
from services.deadlines.handlers import TOPIC
from services.deadlines.settings import Settings
from services.deadlines.timers import Timers
from shared.environment import Environment
from shared.processes import run_main, set_up_logs
from shared.streaming.app import Runtime, Subscription, WorkerPlan, run_worker

SCHEMA = "deadlines"


def build_plan(environment: Environment, settings: Settings) -> WorkerPlan:
    """Return what this worker is."""
    rules = Rules(settings.policy)

    async def keep_timers(runtime: Runtime) -> None:
        timers = Timers(runtime.ledger, rules, environment.clock, batch=settings.timer_batch)
        await timers.run(environment.dsn, SCHEMA)

    return WorkerPlan(
        schema=SCHEMA,
        subscriptions=[Subscription(FACTS, follow_directives(rules, environment.clock))],
        publishes=[TOPIC],
        background=[keep_timers],
    )


def main() -> None:
    """Run the worker until SIGTERM."""
    set_up_logs()
    environment = Environment.read()
    run_worker(build_plan(environment, Settings.read()), environment)


if __name__ == "__main__":
    run_main(main)
