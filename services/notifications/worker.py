"""The process that decides who must know; it also relays the acknowledgements that the web part writes."""

import logging
from collections.abc import Collection
from functools import partial

from services.notifications.domain.deliveries import Kind
from services.notifications.escalation import Days
from services.notifications.escalation_worker import following, keeping, read_days
from services.notifications.handlers import DEADLINES, DIRECTIVES, follow_directives
from services.notifications.issuing import NOTIFICATIONS
from services.notifications.settings import read_channels
from shared.environment import Environment
from shared.processes import run_main, set_up_logs
from shared.streaming.app import Subscription, WorkerPlan, run_worker

logger = logging.getLogger(__name__)

GATHER_MS = 150
"""People are told a moment later, for half the transactions."""


def build_plan(channels: Collection[Kind], days: Days = ()) -> WorkerPlan:
    """Return what this worker follows and publishes.

    `channels` are those on which it issues notices beside the inbox, `days` those after which what is missed is escalated, level by level.
    """
    return WorkerPlan(
        schema="notifications",
        subscriptions=(
            Subscription(DIRECTIVES, partial(follow_directives, channels=channels)),
            Subscription(DEADLINES, following(channels, days)),
        ),
        publishes=(NOTIFICATIONS,),
        background=(keeping(channels, days),),
        gather_ms=GATHER_MS,
    )


def main() -> None:
    """Run the worker until SIGTERM."""
    set_up_logs()
    channels = read_channels()
    if "mail" not in channels:
        logger.warning("DONDOC_SMTP is not set: no notices are issued by mail")
    run_worker(build_plan(channels, read_days()), Environment.read())


if __name__ == "__main__":
    run_main(main)
