"""What each worker is, by its schema: for the commands that do a worker's work outside it."""

from collections.abc import Callable, Mapping

from services.deadlines.settings import Settings as DeadlineSettings
from services.deadlines.worker import build_plan
from services.directives.forwarder import plan_forwarder
from services.directives.registrar import plan_registrar
from services.directives.worker import PLAN as DIRECTIVES
from services.notifications.escalation_worker import read_days
from services.notifications.settings import read_channels
from services.notifications.worker import build_plan as build_notifications
from shared.environment import Environment
from shared.streaming.app import WorkerPlan

PLANS: Mapping[str, Callable[[Environment], WorkerPlan]] = {
    "registrar": plan_registrar,
    "directives": lambda _environment: DIRECTIVES,
    "deadlines": lambda environment: build_plan(environment, DeadlineSettings.read()),
    "notifications": lambda _environment: build_notifications(read_channels(), read_days()),
    "forwarder": lambda environment: plan_forwarder(environment, []),
}
