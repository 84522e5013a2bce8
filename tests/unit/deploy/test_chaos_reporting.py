"""What a run of `make chaos` reports, and when it counts as good."""

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deploy.chaos.evidence import EVENTS, Evidence, Finding, Message
from deploy.chaos.recovery import Recovery
from deploy.chaos.reporting import SHOWN, figures, is_good, percentile, summary, write_json
from deploy.chaos.run import Plan, Result
from deploy.chaos.schedule import Fault
from deploy.chaos.traffic import Traffic

PROMPT = Recovery([Fault(1, "kill", "kafka-1", 10)], 11, {0: 3.25, 1: 4.5})
LATE = Recovery([Fault(2, "pause", "gateway", 20, 2.5)], 22, {0: 1.0}, (3,))

SENT = Message(EVENTS, 0, 0, datetime(2026, 3, 2, tzinfo=UTC), b"{}", {}, position=1)
EVIDENCE = Evidence(topics={EVENTS: [SENT, replace(SENT, offset=1)]}, witnessed={(EVENTS, 0): [(0, b"a"), (1, b"a")]})


def result(*findings: Finding, faults: int = 2, unsettled: str = "", second: Recovery = PROMPT, exits: Sequence[str] = ()) -> Result:
    return Result(Plan(42, faults, 100), Traffic(facts=100), (PROMPT, second), exits, EVIDENCE, findings, 12.0, unsettled)


def test_the_figures_have_the_form_that_is_promised(tmp_path: Path) -> None:
    write_json(result(Finding("lost", "a"), Finding("lost", "b"), Finding("early", "c"), second=LATE), tmp_path / "build" / "chaos.json")
    assert json.loads((tmp_path / "build" / "chaos.json").read_text(encoding="utf-8")) == {
        "seed": 42, "faults": 2, "events": 100, "lost": 2, "doubled": 0, "reordered": 0, "early": 1, "missed": 0, "recovery_p99_s": 60.0,
        "broker_recovery_p99_s": 4.5, "faults_by_kind": {"kill": 1, "pause": 1}, "overlapping": 0, "left_out": "", "ended_by_themselves": 0,
        "over_kafka": 0, "witnessed": 2, "sent_twice": 1,
    }  # fmt: skip


def test_a_run_in_which_nothing_was_found_is_good() -> None:
    assert is_good(result())


@pytest.mark.parametrize(
    "bad",
    [result(Finding("missed", "a")), result(faults=3), result(unsettled="5 timers"), result(second=LATE), result(exits=["x ended"])],
    ids=["finding", "faults", "unsettled", "late", "exits"],
)
def test_a_run_with_findings_or_without_its_faults_or_rest_or_with_something_that_stood_still_or_ended_is_not_good(bad: Result) -> None:
    assert not is_good(bad)


def test_every_failure_is_told_with_its_seed_and_its_evidence() -> None:
    bad = result(Finding("doubled", "fact f-1 is registered twice"), unsettled="5 timers", faults=3, second=LATE, exits=["x ended"])
    told = summary(bad)
    assert "seed 42: partitions [3] stood still" in told
    assert "seed 42: x ended" in told
    assert "seed 42 doubled: fact f-1 is registered twice" in told
    assert "seed 42: not at rest in the end: 5 timers" in told
    assert "seed 42: only 2 of 3 faults took place" in told


def test_of_many_failures_of_one_kind_the_first_are_shown_and_the_others_counted() -> None:
    told = summary(result(*[Finding("lost", f"fact f-{number}") for number in range(SHOWN + 7)]))
    assert f"fact f-{SHOWN - 1}" in told
    assert f"fact f-{SHOWN}" not in told
    assert "and 7 more" in told


def test_a_recovery_that_took_too_long_counts_with_the_limit() -> None:
    assert "not within 60" in str(LATE)
    assert figures(result(second=LATE))["recovery_p99_s"] == 60.0


@pytest.mark.parametrize(("values", "expected"), [([], None), ([1.234], 1.23), (list(range(1, 101)), 99), (list(range(1, 21)), 20)])
def test_a_percentile_is_the_nearest_rank(values: list[float], expected: float | None) -> None:
    assert percentile(values) == expected
