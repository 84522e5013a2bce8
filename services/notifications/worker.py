"""The process that decides who must know; it also relays the acknowledgements that the web part writes."""

from services.notifications.handlers import DEADLINES, DIRECTIVES, NOTIFICATIONS, follow_deadlines, follow_directives
from shared.environment import Environment
from shared.processes import run_main, set_up_logs
from shared.streaming.app import Subscription, WorkerPlan, run_worker

PLAN = WorkerPlan(
    schema="notifications",
    subscriptions=(Subscription(DIRECTIVES, follow_directives), Subscription(DEADLINES, follow_deadlines)),
    publishes=(NOTIFICATIONS,),
)
"""What this worker follows and publishes."""


def main() -> None:
    """Run the worker until SIGTERM."""
    set_up_logs()
    run_worker(PLAN, Environment.read())


if __name__ == "__main__":
    run_main(main)
