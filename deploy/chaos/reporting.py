"""What a run says in the end: the figures as JSON, and a summary for people with the evidence of everything that is wrong."""

import json
import math
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from deploy.chaos.checking.logs import settle
from deploy.chaos.evidence import EVENTS, KINDS, TOPICS, VERDICTS, Evidence
from deploy.chaos.recovery import LIMIT_SECONDS, Recovery
from deploy.chaos.run import Result
from deploy.chaos.schedule import Fault

SHOWN = 20
PERCENT = 0.99


def count_findings(result: Result) -> Mapping[str, int]:
    """Return how many findings there are of each kind."""
    counted = Counter(finding.kind for finding in result.findings)
    return {kind: counted[kind] for kind in KINDS}


def figures(result: Result) -> dict[str, Any]:
    """Return the figures in the form of `build/chaos.json`."""
    return {
        "seed": result.plan.seed,
        "faults": count_faults(result),
        "events": result.traffic.facts,
        **count_findings(result),
        "recovery_p99_s": percentile(seconds_of([each for each in result.recoveries if not each.concerns_broker])),
        "broker_recovery_p99_s": percentile(seconds_of([each for each in result.recoveries if each.concerns_broker])),
        "faults_by_kind": dict(sorted(Counter(fault.kind for fault in faults_of(result)).items())),
        "overlapping": sum(len(each.faults) for each in result.recoveries if len(each.faults) > 1),
        "left_out": result.left_out,
        "ended_by_themselves": len(result.exits),
        "over_kafka": len(result.traffic.own_answers),
        "witnessed": count_witnessed(result.evidence),
        "sent_twice": sum(count_repeats(result.evidence, topic) for topic in TOPICS[1:]),
    }


def count_witnessed(evidence: Evidence) -> int:
    """Return how many records the reader saw who followed all topics while the faults happened."""
    return sum(map(len, evidence.witnessed.values()))


def count_repeats(evidence: Evidence, topic: str) -> int:
    """Return how many records of a topic its relay sent once more."""
    messages = evidence.topics.get(topic, [])
    return len(messages) - len(settle(messages))


def faults_of(result: Result) -> list[Fault]:
    """Return the faults that took place."""
    return [fault for each in result.recoveries for fault in each.faults]


def count_faults(result: Result) -> int:
    """Return how many faults took place."""
    return len(faults_of(result))


def seconds_of(recoveries: Sequence[Recovery]) -> list[float]:
    """Return all seconds of recovery, one for each fault and partition; one that took too long counts with the limit."""
    return [seconds for each in recoveries for seconds in [*each.seconds.values(), *[LIMIT_SECONDS] * len(each.late)]]


def percentile(values: Sequence[float], share: float = PERCENT) -> float | None:
    """Return the least value that so great a share of all does not exceed (nearest rank), None of none."""
    ranked = sorted(values)
    return round(ranked[math.ceil(share * len(ranked)) - 1], 2) if ranked else None


def is_good(result: Result) -> bool:
    """Tell whether nothing was found, all faults took place, each was recovered from in time, and no process ended by itself."""
    is_calm = not result.unsettled and not result.exits and not any(each.late for each in result.recoveries)
    return not result.findings and is_calm and count_faults(result) == result.plan.faults


def write_json(result: Result, path: Path) -> None:
    """Write the figures."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(figures(result), indent=2) + "\n", encoding="utf-8")


def summary(result: Result) -> str:
    """Return the summary for people."""
    return "\n".join([*_told(result), *_recoveries(result.recoveries), *_wrong(result)])


def _told(result: Result) -> Iterator[str]:
    evidence, troubles = result.evidence, result.traffic.troubles
    yield f"seed {result.plan.seed}: {result.traffic.facts} facts, {count_faults(result)} faults, {result.seconds:.0f} s"
    yield f"  answers of 202      {len(evidence.accepted)}, repeats among them {sum(each.is_repeat for each in result.traffic.answers)}"
    yield f"  over Kafka          {len(result.traffic.own_answers)} of these"
    yield f"  other answers       {', '.join(f'{name} {count}' for name, count in sorted(troubles.items())) or 'none'}"
    yield f"  registered, refused {len(settle(evidence.topics.get(EVENTS, [])))}, {len(settle(evidence.topics.get(VERDICTS, [])))}"
    yield f"  deadlines           {_deadlines(evidence)}"
    for topic in TOPICS[1:]:
        records = len(evidence.topics.get(topic, []))
        yield f"  {topic:<24} {records:>7} records, {count_repeats(evidence, topic)} of them sent twice by the relay"
    yield f"  read meanwhile      {count_witnessed(evidence)} records"
    yield f"  ended by themselves {len(result.exits)}"


def _deadlines(evidence: Evidence) -> str:
    names = Counter(message.name.removeprefix("deadline-") for message in settle(evidence.topics.get("deadlines.events.v1", [])))
    corrections = sum(1 for message in settle(evidence.topics.get("deadlines.events.v1", [])) if message.data.get("corrects"))
    told = ", ".join(f"{names[name]} {name}" for name in ("set", "approaching", "missed", "met"))
    return f"{told}, {corrections} of these corrections"


def _recoveries(recoveries: Sequence[Recovery]) -> Iterator[str]:
    by_fault: dict[str, list[Recovery]] = defaultdict(list)
    for each in recoveries:
        alone = each.faults[0]
        by_fault[f"{alone.kind} {alone.target}" if len(each.faults) == 1 else "several at once"].append(each)
    yield "  recovery, s                   times   least    most"
    for name, same in sorted(by_fault.items()):
        values = seconds_of(same)
        least, most = (f"{min(values):7.1f}", f"{max(values):7.1f}") if values else ("      -", "      -")
        yield f"    {name:<26}  {len(same):>6} {least} {most}"


def _wrong(result: Result) -> Iterator[str]:
    counts = count_findings(result)
    yield "  " + ", ".join(f"{count} {kind}" for kind, count in counts.items())
    if result.unsettled:
        yield f"  seed {result.plan.seed}: not at rest in the end: {result.unsettled}"
    if count_faults(result) < result.plan.faults:
        yield f"  seed {result.plan.seed}: only {count_faults(result)} of {result.plan.faults} faults took place"
    if result.left_out:
        yield f"  seed {result.plan.seed}: LEFT OUT, {result.left_out}"
    yield from _unrest(result)
    for kind in KINDS:
        yield from _evidence(result, kind)


def _evidence(result: Result, kind: str) -> Iterator[str]:
    found = [finding for finding in result.findings if finding.kind == kind]
    for finding in found[:SHOWN]:
        yield f"  seed {result.plan.seed} {kind}: {finding.what}"
    if len(found) > SHOWN:
        yield f"  seed {result.plan.seed} {kind}: … and {len(found) - SHOWN} more"


def _unrest(result: Result) -> Iterator[str]:
    for each in result.recoveries:
        if each.late:
            yield f"  seed {result.plan.seed}: partitions {list(each.late)} stood still:{each}"
    for line in result.exits:
        yield f"  seed {result.plan.seed}: {line}"
