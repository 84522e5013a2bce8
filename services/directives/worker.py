"""The worker of the read model: follows registered facts and deadline events; run by `python -m services.directives.worker`."""

from services.directives.projections import project_deadlines, project_facts
from shared.environment import Environment
from shared.processes import run_main, set_up_logs
from shared.streaming.app import Subscription, WorkerPlan, run_worker

PLAN = WorkerPlan(
    schema="directives",
    subscriptions=(
        Subscription("directives.events.v1", project_facts),
        Subscription("deadlines.events.v1", project_deadlines),
    ),
)


def main() -> None:
    """Run the worker until SIGTERM."""
    set_up_logs()
    run_worker(PLAN, Environment.read())


if __name__ == "__main__":
    run_main(main)
