"""What has not caught up is named, whatever it is."""

from datetime import UTC, datetime

import pytest

from deploy.demo.settling import FOLLOWED, Snapshot, find_lags
from deploy.demo.topics import DEADLINES, EVENTS, INBOX, SENT_BY_RELAYS
from services.deadlines.settings import Settings
from services.deadlines.worker import build_plan
from services.directives.registrar import plan_registrar
from services.directives.worker import PLAN as DIRECTIVES
from services.notifications.worker import build_plan as build_notifications
from shared.environment import Environment

ENDS = {(INBOX, 0): 2, (EVENTS, 0): 2, (DEADLINES, 0): 1}
CHECKPOINTS = {(service, topic, 0): ENDS[topic, 0] for service, topics in FOLLOWED.items() for topic in topics}
RELAY = {"service": "registrar", "topic": EVENTS, "partition": 0, "last_position": 2, "sent_position": 2}
LATER = datetime(2021, 5, 1, tzinfo=UTC)


def test_nothing_lags_where_all_was_sent_applied_and_fired() -> None:
    assert find_lags(Snapshot([RELAY], CHECKPOINTS, 0, LATER), ENDS) == []


@pytest.mark.parametrize(
    ("snapshot", "line"),
    [
        (
            Snapshot([{**RELAY, "sent_position": 1}], CHECKPOINTS, 0, None),
            "the relay of registrar has sent 1 of 2 to directives.events.v1/0",
        ),
        (
            Snapshot([RELAY], {**CHECKPOINTS, ("notifications", DEADLINES, 0): 0}, 0, None),
            "notifications has applied 0 of 1 records of deadlines.events.v1/0",
        ),
        (
            Snapshot([RELAY], {place: end for place, end in CHECKPOINTS.items() if place[0] != "registrar"}, 0, None),
            "registrar has applied 0 of 2 records of directives.inbox.v1/0",
        ),
        (Snapshot([RELAY], CHECKPOINTS, 3, LATER), "3 timers that are due have not fired"),
        (Snapshot([RELAY], CHECKPOINTS, 0, LATER, under_way=2), "2 deliveries are under way"),
    ],
    ids=["a relay", "a checkpoint", "a partition that was never taken up", "timers", "deliveries"],
)
def test_what_lags_is_named(snapshot: Snapshot, line: str) -> None:
    assert find_lags(snapshot, ENDS) == [line]


def test_everything_that_a_worker_follows_or_publishes_is_watched() -> None:
    environment = Environment.read({"DONDOC_KAFKA_BOOTSTRAP": "127.0.0.1:9", "DONDOC_POSTGRES_DSN": "postgresql://localhost"})
    plans = (plan_registrar(environment), DIRECTIVES, build_plan(environment, Settings.read({})), build_notifications(()))
    assert {plan.schema: tuple(each.topic for each in plan.subscriptions) for plan in plans} == FOLLOWED
    # Into the inbox the deadlines service sends answers, but so does everybody else: nobody counts positions there.
    assert {topic for plan in plans for topic in plan.publishes} - {INBOX} == set(SENT_BY_RELAYS)
