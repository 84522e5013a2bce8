"""Who must know: the rules from what happened to the notices that it calls for.

The notices of a partition are a function of the events in it, whatever order its two topics were read in: a rule whose audience is
not known yet tells nobody for now, and what happened is judged again once more is known. A notice that was issued is not issued again.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from services.notifications import texts
from services.notifications.texts import Role, Wording
from shared.contracts import Contract
from shared.contracts.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed
from shared.contracts.directives import TaskAssigned
from shared.contracts.notifications import Channel, NoticeIssued, NoticeRule
from shared.contracts.types import DirectiveId, TaskId, UnitId
from shared.contracts.work import ConferenceScheduled

NAMESPACE = UUID("5f0b7a1c-7f0e-5d0a-9d53-0f6f0a2b6d11")
"""The namespace of the ids that this service derives."""

INBOX: Channel = "inbox"

CORRECTABLE: frozenset[NoticeRule] = frozenset({"deadline-missed", "deadline-met"})
"""What may turn out to have been wrong: a deadline told as missed, or as met late."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that may call for notices; (`source`, `id`) is its identity, `cause` the place of its record."""

    source: str
    id: str
    subject: str
    key: str
    at: datetime
    cause: str
    data: Contract

    @property
    def directive(self) -> DirectiveId:
        """Return the directive that the event belongs to."""
        return UUID(self.key)


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the rules may look up: issuers, leads of tasks, and who was told of which deadline missed or met (by the event's id)."""

    issuers: Mapping[DirectiveId, UnitId] = field(default_factory=dict)
    leads: Mapping[tuple[DirectiveId, TaskId], UnitId] = field(default_factory=dict)
    told: Mapping[str, Mapping[UnitId, UUID]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice to issue, with the instant and the cause of what happened."""

    key: str
    at: datetime
    cause: str
    data: NoticeIssued


Audience = Callable[[Any, Happening, Knowledge], Iterable[UnitId]]


def _lead(data: Any, _happening: Happening, _known: Knowledge) -> Iterable[UnitId]:  # noqa: ANN401  one of the table's contracts
    return (data.lead,)


def _coordinating(data: Any, _happening: Happening, _known: Knowledge) -> Iterable[UnitId]:  # noqa: ANN401
    return tuple(data.coordinating)


def _participants(data: ConferenceScheduled, _happening: Happening, _known: Knowledge) -> Iterable[UnitId]:
    return data.participants


def _issuer(_data: Contract, happening: Happening, known: Knowledge) -> Iterable[UnitId]:
    issuer = known.issuers.get(happening.directive)
    return () if issuer is None else (issuer,)


def _leads_of_tasks(data: ConferenceScheduled, happening: Happening, known: Knowledge) -> Iterable[UnitId]:
    places = ((happening.directive, task) for task in data.tasks)
    return tuple(known.leads[place] for place in places if place in known.leads)


def _told_before(data: DeadlineMet, _happening: Happening, known: Knowledge) -> Iterable[UnitId]:
    return sorted(known.told.get(data.corrects or "", ()))


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: its name, whom it tells in which role (a unit's first role counts), and what it says."""

    name: NoticeRule
    audiences: Sequence[tuple[Role, Audience]]
    wording: Callable[[Any, Role], Wording]


RULES: Mapping[type[Contract], Rule] = {
    TaskAssigned: Rule("task-assigned", (("lead", _lead), ("coordinating", _coordinating)), texts.assigned),
    DeadlineApproaching: Rule("deadline-approaching", (("lead", _lead), ("coordinating", _coordinating)), texts.approaching),
    DeadlineMissed: Rule("deadline-missed", (("lead", _lead), ("issuer", _issuer)), texts.missed),
    DeadlineMet: Rule("deadline-met", (("lead", _lead), ("issuer", _issuer), ("informed", _told_before)), texts.met),
    ConferenceScheduled: Rule("conference-scheduled", (("participant", _participants), ("lead", _leads_of_tasks)), texts.scheduled),
}
"""Which event calls for which notices."""


def notice_id(happening: Happening, rule: NoticeRule, recipient: UnitId, channel: Channel = INBOX) -> UUID:
    """Return a notice's id: one for each (event, rule, recipient, channel), for ever."""
    return uuid5(NAMESPACE, "\n".join((happening.source, happening.id, rule, str(recipient), channel)))


def acknowledgement_id(notice: UUID) -> UUID:
    """Return the id of the one acknowledgement that a notice can have."""
    return uuid5(NAMESPACE, f"acknowledge\n{notice}")


def notices_of(happenings: Iterable[Happening], known: Knowledge) -> list[Notice]:
    """Return the notices that happenings, in the order of their topics, call for; those issued before are among them."""
    told = {event: dict(recipients) for event, recipients in known.told.items()}
    now_known = Knowledge(known.issuers, known.leads, told)
    notices: list[Notice] = []
    for happening in happenings:
        for notice in _notices(happening, now_known):
            notices.append(notice)
            if notice.data.rule in CORRECTABLE:
                told.setdefault(happening.id, {})[notice.data.recipient] = notice.data.notice
    return notices


def _notices(happening: Happening, known: Knowledge) -> list[Notice]:
    rule = RULES.get(type(happening.data))
    if rule is None:
        return []
    return [_notice(rule, happening, recipient, role, known) for recipient, role in _recipients(rule, happening, known).items()]


def _recipients(rule: Rule, happening: Happening, known: Knowledge) -> Mapping[UnitId, Role]:
    recipients: dict[UnitId, Role] = {}
    for role, audience in rule.audiences:
        for unit in audience(happening.data, happening, known):
            recipients.setdefault(unit, role)
    return recipients


def _notice(rule: Rule, happening: Happening, recipient: UnitId, role: Role, known: Knowledge) -> Notice:
    corrects = _corrected(happening.data, recipient, known)
    wording: Callable[[Any, Role], Wording] = texts.correction if corrects else rule.wording
    title, body = wording(happening.data, role)
    data = NoticeIssued(
        notice=notice_id(happening, rule.name, recipient), rule=rule.name, recipient=recipient, channel=INBOX,
        directive=happening.directive, task=_task(happening), about=happening.id, title=title, body=body, corrects=corrects,
    )  # fmt: skip
    return Notice(happening.key, happening.at, happening.cause, data)


def _corrected(data: Contract, recipient: UnitId, known: Knowledge) -> UUID | None:
    """Return the notice that the recipient was sent before and that this one corrects."""
    if not isinstance(data, DeadlineMet) or data.corrects is None:
        return None
    return known.told.get(data.corrects, {}).get(recipient)


def _task(happening: Happening) -> TaskId | None:
    match happening.data:
        case TaskAssigned():
            return UUID(happening.subject)
        case DeadlineApproaching(task=task) | DeadlineMissed(task=task) | DeadlineMet(task=task):
            return task
        case ConferenceScheduled(tasks=(only,)):
            return only
        case _:
            return None
