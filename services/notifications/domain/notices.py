"""From what happened to notices.

The notices of a partition are a function of the events in it, whatever order its two topics were read in: a rule whose audience is
not known yet tells nobody for now, and what happened is judged again once more is known. A notice that was issued is not issued again.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid5

from msgspec.structs import replace

from services.notifications import texts
from services.notifications.domain import fact_texts
from services.notifications.domain.happenings import Happening, Identity, Knowledge, Told
from services.notifications.domain.invitations import invitation_of
from services.notifications.domain.rules import RULES, Rule
from services.notifications.texts import Role, Wording
from shared.contracts.deadlines import DeadlineEvent, DeadlineMet
from shared.contracts.extensions import ExtensionGranted, ExtensionRefused, ExtensionRequested
from shared.contracts.notifications import Channel, NoticeIssued, NoticeRule
from shared.contracts.types import TaskId, UnitId
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceCancelled, ConferenceRescheduled, ConferenceScheduled, PlanApproved, PlanReturned

NAMESPACE = UUID("5f0b7a1c-7f0e-5d0a-9d53-0f6f0a2b6d11")
"""The namespace of the ids that this service derives."""

INBOX: Channel = "inbox"


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice to issue, with the instant and the cause of what happened.

    `event` is what it tells of, `corrected` the event that an earlier notice told of which this one corrects, with that notice's rule.
    """

    key: str
    at: datetime
    cause: str
    data: NoticeIssued
    event: Identity
    corrected: tuple[Identity, NoticeRule] | None = None

    def beside(self, channel: Channel) -> "Notice":
        """Return the same notice on another channel; what it corrects is what was sent there, if anything was (see `corrected_on`)."""
        data = replace(self.data, notice=id_of(self.event, self.data.rule, self.data.recipient, channel), channel=channel)
        return Notice(self.key, self.at, self.cause, data, self.event, self.corrected)

    def corrected_on(self, channel: Channel) -> UUID | None:
        """Return the id that the corrected notice has on a channel, had it been sent there."""
        if self.corrected is None:
            return None
        event, rule = self.corrected
        return id_of(event, rule, self.data.recipient, channel)

    def correcting(self, notice: UUID) -> "Notice":
        """Return the same notice as the correction of another one."""
        return Notice(self.key, self.at, self.cause, replace(self.data, corrects=notice), self.event, self.corrected)


def notice_id(happening: Happening, rule: NoticeRule, recipient: UnitId, channel: Channel = INBOX) -> UUID:
    """Return a notice's id: one for each (event, rule, recipient, channel), for ever."""
    return id_of(happening.identity, rule, recipient, channel)


def id_of(event: Identity, rule: str, recipient: UnitId, channel: str) -> UUID:
    """Return the id of the notice of an event."""
    return uuid5(NAMESPACE, "\n".join((*event, rule, str(recipient), channel)))


def acknowledgement_id(notice: UUID) -> UUID:
    """Return the id of the one acknowledgement that a notice can have."""
    return uuid5(NAMESPACE, f"acknowledge\n{notice}")


def notices_of(happenings: Iterable[Happening], known: Knowledge) -> list[Notice]:
    """Return the notices that happenings, in the order of their topics, call for; those issued before are among them."""
    told = {event: dict(recipients) for event, recipients in known.told.items()}
    now_known = Knowledge(known.rolls, told)
    notices: list[Notice] = []
    for happening in happenings:
        for notice in _notices(happening, now_known):
            notices.append(notice)
            place = (happening.directive, happening.identity)
            told.setdefault(place, {})[notice.data.recipient] = Told(notice.data.notice, notice.data.title, notice.data.rule)
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
    corrected = _corrected(happening, recipient, known)
    title, body = _worded(rule, happening, role, corrected)
    data = NoticeIssued(
        notice=notice_id(happening, rule.name, recipient), rule=rule.name, recipient=recipient, channel=INBOX,
        directive=happening.directive, task=_task(happening), about=happening.id, title=title, body=body,
        corrects=corrected.notice if corrected else None, invitation=invitation_of(happening),
    )  # fmt: skip
    told_of = (happening.corrected, corrected.rule) if corrected and happening.corrected else None
    return Notice(happening.key, happening.at, happening.cause, data, happening.identity, told_of)


def _worded(rule: Rule, happening: Happening, role: Role, corrected: Told | None) -> Wording:
    data = happening.data
    if corrected is not None and isinstance(data, DeadlineMet):
        return texts.correction(data, role)
    if corrected is not None and isinstance(data, FactVoided):
        return fact_texts.voided(corrected.title, data.reason)
    return rule.wording(happening, role)


def _corrected(happening: Happening, recipient: UnitId, known: Knowledge) -> Told | None:
    """Return the notice that the recipient was sent before and that this one corrects."""
    return known.told_before(happening).get(recipient)


def _task(happening: Happening) -> TaskId | None:
    data, subject = happening.data, UUID(happening.subject)
    match data:
        case DeadlineEvent() | ExtensionRequested():
            return data.task
        case ConferenceScheduled(tasks=tasks):
            return tasks[0] if len(tasks) == 1 else None
        case ConferenceRescheduled() | ConferenceCancelled():
            conference = happening.after.conferences.get(subject)
            return conference.tasks[0] if conference and len(conference.tasks) == 1 else None
        case PlanReturned() | PlanApproved():
            plan = happening.after.plans.get(subject)
            return plan.task if plan else None
        case ExtensionGranted() | ExtensionRefused():
            request = happening.after.requests.get(subject)
            return request.task if request else None
        case _:
            return None if happening.subject == happening.key else subject
