"""Recovery is measured by the first fact of each partition that was sent when the target was dead."""

import time
from typing import Any

import pytest

from deploy.chaos import recovery
from deploy.chaos.database import Database
from deploy.chaos.evidence import Accepted, Outcome
from deploy.chaos.recovery import FORWARDED, Watch
from deploy.chaos.schedule import Fault
from deploy.chaos.traffic import NOWHERE, Answer, Traffic


class Stages(Database):
    """A database that tells of each partition, one query after another, what it is given."""

    def __init__(self, *told: dict[str, Any]) -> None:
        super().__init__("nowhere")
        self.told = list(told)
        self.asked: list[tuple[list[int], list[int]]] = []

    async def fetch(self, query: str, *arguments: Any) -> list[Any]:
        assert "own.partition" in query
        self.asked.append((arguments[0], arguments[1]))
        return [self.told.pop(0)] if self.told else []


def row(*, applied: bool, written: int, sent: int) -> dict[str, Any]:
    return {"partition": 1, "notifications": applied, "notifications_written": written, "notifications_sent": sent}


def answer(partition: int, sent_at: float, *, offset: int = 5, expected: Outcome = "registered", is_repeat: bool = False) -> Answer:
    return Answer(Accepted("f", "k", 1, (partition, offset), expected), is_repeat, sent_at, sent_at + 0.5)


def watch(target: str, partitions: int = 1) -> Watch:
    """Return the watch over a target that was killed two seconds ago and dead a second later."""
    now = time.monotonic()
    return Watch([Fault(1, "kill", target, 0)], Traffic(), partitions, now - 2, now - 1)


async def test_a_fact_that_was_on_its_way_when_the_target_died_proves_nothing() -> None:
    watching = watch("gateway")
    watching.traffic.answers += [answer(0, watching.began_at + 0.5), answer(0, watching.done_at + 0.25)]
    await watching.follow(Stages())
    assert round(watching.seconds[0], 3) == 1.75


async def test_repeats_and_facts_that_are_to_be_refused_are_no_probes() -> None:
    watching = watch("gateway")
    at = watching.done_at
    watching.traffic.answers += [answer(0, at, is_repeat=True), answer(0, at, expected="refused"), answer(0, at + 0.5, offset=9)]
    await watching.follow(Stages())
    assert watching.probes == {0: (0, 9)}


async def test_a_stage_that_publishes_is_through_once_what_it_wrote_for_the_fact_is_sent() -> None:
    watching = watch("notifications")
    watching.traffic.answers.append(answer(1, watching.done_at))
    stages = Stages(row(applied=False, written=7, sent=7), row(applied=True, written=9, sent=8), row(applied=True, written=30, sent=9))
    await watching.follow(stages)
    assert stages.asked == [([1], [5])] * 3
    assert list(watching.seconds) == [1]
    assert watching.late == []


async def test_no_partition_is_waited_for_when_no_more_facts_come() -> None:
    watching = watch("registrar", partitions=4)
    watching.traffic.is_over = True
    await watching.follow(Stages())
    assert watching.seconds == {}


async def test_faults_that_overlap_are_recovered_from_once_the_stages_of_all_are_through() -> None:
    now = time.monotonic()
    faults = [Fault(1, "kill", "registrar", 0), Fault(2, "pause", "notifications", 0)]
    assert Watch(faults, Traffic(), 1, now, now).stages == ["registrar", "notifications"]


async def test_the_forwarder_has_recovered_once_an_agency_s_next_record_is_forwarded() -> None:
    watching = watch("forwarder", partitions=0)
    early, probe = own(watching.done_at - 0.1, 6), own(watching.done_at + 0.1, 7)
    watching.traffic.own_answers += [early, probe]
    forwarded = Forwarded(7, 8)
    await watching.follow(forwarded)
    assert forwarded.asked == [("publishers.a.v1", 2)] * 2
    assert list(watching.seconds) == [FORWARDED]


async def test_an_agency_s_record_that_is_not_forwarded_counts_as_late(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recovery, "LIMIT_SECONDS", 2.3)
    watching = watch("forwarder", partitions=0)
    watching.traffic.own_answers.append(own(watching.done_at, 7))
    await watching.follow(Forwarded(*[7] * 100))
    assert watching.late == [FORWARDED]


class Forwarded(Database):
    """A database that tells how far an agency's partition was forwarded."""

    def __init__(self, *offsets: int) -> None:
        super().__init__("nowhere")
        self.offsets = list(offsets)
        self.asked: list[tuple[object, ...]] = []

    async def fetch(self, query: str, *arguments: object) -> list[Any]:
        assert "forwarder.checkpoint" in query
        self.asked.append(arguments)
        return [{"next_offset": self.offsets.pop(0)}]


def own(sent_at: float, offset: int) -> Answer:
    return Answer(Accepted("f", "k", 1, NOWHERE, "registered", f"publishers.a.v1/2/{offset}"), False, sent_at, sent_at + 0.1)
