"""The registrar's process: follows the inbox, and publishes what was registered, refused, and waits."""

from functools import partial

from services.directives.registering import INBOX, Registrar
from services.directives.settings import read_limits
from services.directives.sweeping import Sweeper
from services.directives.verdicts import EVENTS, VERDICTS
from shared.clock import office_now
from shared.environment import Environment
from shared.processes import run_main, set_up_logs
from shared.streaming.app import Runtime, Subscription, WorkerPlan, run_worker

SCHEMA = "registrar"


def plan_registrar(environment: Environment) -> WorkerPlan:
    """Return what the registrar is: one handler on the inbox, two topics besides the publishers' own, and the sweeper."""
    now = partial(office_now, environment.clock)
    registrar = Registrar(environment.partitions, now, read_limits())

    async def sweep(runtime: Runtime) -> None:
        await Sweeper(runtime.ledger, registrar, now).run()

    inbox = Subscription(INBOX, registrar.handle, has_positions=False)
    return WorkerPlan(schema=SCHEMA, subscriptions=(inbox,), publishes=(EVENTS, VERDICTS), background=(sweep,))


def main() -> None:
    """Run the registrar until SIGTERM."""
    set_up_logs()
    environment = Environment.read()
    run_worker(plan_registrar(environment), environment)


if __name__ == "__main__":
    run_main(main)
