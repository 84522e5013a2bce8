"""Escalation: what was missed and stayed open is told one level up, each level once and never early."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import timedelta

from deploy.chaos.checking.logs import Logs
from deploy.chaos.checking.office import by_deadline
from deploy.chaos.evidence import DEADLINES, EVENTS, NOTICES, Evidence, Finding, Message, instant

DAYS: Mapping[int, timedelta] = {1: timedelta(days=1), 2: timedelta(days=3)}
"""After how long each level is told: DONDOC_ESCALATION_DAYS as it is unless somebody sets it."""
ENDS = ("deadline-met", "deadline-withdrawn", "deadline-changed")


def check_escalations(evidence: Evidence, logs: Logs) -> Iterator[Finding]:
    """Yield levels that were told twice, too early, to the wrong unit, of nothing that was missed, or not at all."""
    told: dict[str, list[Message]] = {}
    for event in logs.get(NOTICES, ()):
        if event.name == "notice-escalated":
            told.setdefault(event.data["deadline"], []).append(event)
    said = by_deadline(logs.get(DEADLINES, ()))
    issuers = {fact.key: fact.data["issuer"] for fact in logs.get(EVENTS, ()) if fact.name == "directive-issued"}
    for deadline in told.keys() - said.keys():
        yield Finding("doubled", f"deadline {deadline} was escalated, but nothing was said of it")
    for deadline, events in said.items():
        yield from _check_one(deadline, events, told.get(deadline, []), issuers, evidence)


def _check_one(
    deadline: str, events: Sequence[Message], told: Sequence[Message], issuers: Mapping[str, str], evidence: Evidence
) -> Iterator[Finding]:
    missed = next((each for each in reversed(events) if each.name == "deadline-missed"), None)
    for level, times in Counter(each.data["level"] for each in told).items():
        if times > 1:
            yield Finding("doubled", f"level {level} of deadline {deadline} was told {times} times")
    for each in told:
        if missed is None:
            yield Finding("doubled", f"{each.where} escalates deadline {deadline}, which was not missed")
        else:
            yield from _check_level(each, missed, issuers)
    if missed is not None and not any(each.name in ENDS for each in events[events.index(missed) :]):
        yield from _check_all(missed, {each.data["level"] for each in told}, evidence)


def _check_level(told: Message, missed: Message, issuers: Mapping[str, str]) -> Iterator[Finding]:
    level, begins = told.data["level"], instant(missed.data["stage_at"]) + DAYS[told.data["level"]]
    if instant(told.event["time"]) < begins:
        yield Finding("early", f"level {level} of deadline {told.data['deadline']} was told at {told.event['time']}, not from {begins}")
    if told.data["recipient"] != (missed.data["lead"] if level == 1 else issuers.get(told.key)):
        yield Finding("doubled", f"{told.where} tells {told.data['recipient']}, whom level {level} does not concern")


def _check_all(missed: Message, levels: Collection[int], evidence: Evidence) -> Iterator[Finding]:
    now = evidence.steps[-1].instant if evidence.steps else None
    for level, wait in DAYS.items():
        if now is not None and instant(missed.data["stage_at"]) + wait <= now and level not in levels:
            yield Finding("missed", f"level {level} of deadline {missed.data['deadline']} was never told")
