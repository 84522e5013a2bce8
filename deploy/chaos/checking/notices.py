"""Notices: one for each (event, rule, recipient, channel), for everybody who must know and for nobody else."""

from collections import Counter
from collections.abc import Iterator, Mapping

from deploy.chaos.checking.logs import Logs
from deploy.chaos.evidence import DEADLINES, EVENTS, NOTICES, Evidence, Finding, Message

Called = tuple[str, str, str]
"""An event's id, a rule and a recipient."""
INBOX = "inbox"
"""The channel on which every notice is issued; a copy on another one is issued beside it, at most once."""


def check_notices(evidence: Evidence, logs: Logs) -> Iterator[Finding]:
    """Yield notices that are missing, doubled, uncalled for, or not in the table that inboxes show."""
    issued = [message for message in logs.get(NOTICES, ()) if message.name == "notice-issued"]
    told = Counter((_called(message), message.data.get("channel", INBOX)) for message in issued)
    expected = set(_called_for(logs))
    for event, rule, recipient in expected - {called for called, channel in told if channel == INBOX}:
        yield Finding("lost", f"notice {rule} of event {event} to unit {recipient} was never issued")
    for ((event, rule, recipient), channel), times in told.items():
        if (event, rule, recipient) not in expected:
            yield Finding("doubled", f"notice {rule} of event {event} to unit {recipient} was issued, but nothing calls for it")
        if times > 1:
            yield Finding("doubled", f"notice {rule} of event {event} to unit {recipient} was issued {times} times ({channel})")
    yield from _check_table(evidence, issued)


def _called(message: Message) -> Called:
    data = message.data
    return data["about"], data["rule"], data["recipient"]


def _check_table(evidence: Evidence, issued: list[Message]) -> Iterator[Finding]:
    shown = [message for message in issued if message.data.get("channel", INBOX) == INBOX]
    sent = {(message.data["notice"], message.partition, message.position) for message in shown}
    kept = {(str(row[0]), row[1], row[2]) for row in evidence.tables.get("notice", ())}
    for notice, partition, position in sent - kept:
        yield Finding("lost", f"notice {notice} ({NOTICES}/{partition}, position {position}) is in no inbox")
    for notice, partition, position in kept - sent:
        yield Finding("lost", f"notice {notice} stands in an inbox, but not at position {position} of {NOTICES}/{partition}")


def _called_for(logs: Logs) -> Iterator[Called]:
    facts = logs.get(EVENTS, ())
    leads = {fact.subject: fact.data["lead"] for fact in facts if fact.name == "task-assigned"}
    issuers = {fact.key: fact.data["issuer"] for fact in facts if fact.name == "directive-issued"}
    for fact in facts:
        if fact.name in ("task-assigned", "conference-scheduled"):
            yield from ((fact.id, fact.name, unit) for unit in _recipients(fact, leads, issuers))
    for event in logs.get(DEADLINES, ()):
        if event.name != "deadline-set":
            yield from ((event.id, event.name, unit) for unit in _recipients(event, leads, issuers))
    for event in logs.get(NOTICES, ()):
        if event.name == "notice-escalated":
            yield event.id, event.name, event.data["recipient"]


def _recipients(event: Message, leads: Mapping[str, str], issuers: Mapping[str, str]) -> set[str]:
    data = event.data
    match event.name:
        case "task-assigned" | "deadline-approaching":
            return {data["lead"], *data.get("coordinating", ())}
        case "conference-scheduled":
            return {*data.get("participants", ()), *(leads[task] for task in data["tasks"] if task in leads)}
        case _:
            return {data["lead"], issuers[event.key]}
