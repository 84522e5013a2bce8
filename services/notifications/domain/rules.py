"""The table of rules: which event calls for which notices, to whom, in which words.

A change of a deadline is told apart from the fact behind it only where that fact's own notice does not say it: who reads that a task is put
off, or ended, is not told once more of each of its deadlines.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from services.notifications import texts
from services.notifications.domain import audiences, change_texts, fact_texts
from services.notifications.domain.audiences import Audience
from services.notifications.domain.happenings import Happening
from services.notifications.domain.roll import Roll
from services.notifications.texts import Role, Wording
from shared.contracts import Contract
from shared.contracts.deadlines import (
    DeadlineApproaching,
    DeadlineAtRisk,
    DeadlineChanged,
    DeadlineMet,
    DeadlineMissed,
    DeadlineWithdrawn,
)
from shared.contracts.directives import DirectiveAmended, DirectiveCorrected, DirectiveRecalled, DirectiveReplaced, TaskAssigned
from shared.contracts.extensions import ExtensionGranted, ExtensionRefused, ExtensionRequested
from shared.contracts.notifications import NoticeRule
from shared.contracts.tasks import (
    TaskCancelled,
    TaskCompleted,
    TaskConfirmed,
    TaskDeclined,
    TaskReassigned,
    TaskReopened,
    TaskResumed,
    TaskSuspended,
)
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceCancelled, ConferenceRescheduled, ConferenceScheduled, PlanApproved, PlanReturned

Audiences = Sequence[tuple[Role, Audience]]


@dataclass(frozen=True, slots=True)
class Rule:
    """One line of the table: its name, whom it tells in which role (a unit's first role counts), and what it says."""

    name: NoticeRule
    audiences: Audiences
    wording: Callable[[Happening, Role], Wording]


def _plain(said: Callable[[Any, Role], Wording]) -> Callable[[Happening, Role], Wording]:
    """Return words that need nothing but the event."""
    return lambda happening, role: said(happening.data, role)


def _of_fact(said: Callable[[Any, Role, Roll, UUID], Wording]) -> Callable[[Happening, Role], Wording]:
    """Return words that need the directive's roll after the fact."""
    return lambda happening, role: said(happening.data, role, happening.after, UUID(happening.subject))


def _nothing(_happening: Happening, _role: Role) -> Wording:
    """Stand for the words of a voided fact, which quote the notice that they correct."""
    raise AssertionError("a voided fact is told of in the words of what it corrects")


_NAMED: Audiences = (("lead", audiences.lead), ("coordinating", audiences.coordinating))
_OF_TASK: Audiences = (("lead", audiences.lead_of_task), ("coordinating", audiences.coordinating_of_task))
_ALL: Audiences = (("lead", audiences.leads), ("coordinating", audiences.all_coordinating), ("addressee", audiences.addressees))
_ISSUER: Audiences = (("issuer", audiences.issuer),)
_PLAN: Audiences = (("submitter", audiences.submitter), ("lead", audiences.lead_of_plan))
_INVITED: Audiences = (("participant", audiences.invited), ("lead", audiences.leads_of_conference))
_REQUEST: Audiences = (("requester", audiences.requester), ("lead", audiences.lead_of_request))

RULES: Mapping[type[Contract], Rule] = {
    DirectiveAmended: Rule("directive-amended", _ALL, _of_fact(fact_texts.amended)),
    DirectiveCorrected: Rule("directive-corrected", _ALL, _of_fact(fact_texts.corrected)),
    DirectiveReplaced: Rule("directive-replaced", _ALL, _of_fact(fact_texts.replaced)),
    DirectiveRecalled: Rule("directive-recalled", _ALL, _of_fact(fact_texts.recalled)),
    TaskAssigned: Rule("task-assigned", _NAMED, _plain(texts.assigned)),
    TaskDeclined: Rule("task-declined", _ISSUER, _of_fact(fact_texts.declined)),
    TaskReassigned: Rule("task-reassigned", (*_NAMED, ("former", audiences.former_units)), _of_fact(fact_texts.reassigned)),
    TaskSuspended: Rule("task-suspended", _OF_TASK, _of_fact(fact_texts.suspended)),
    TaskResumed: Rule("task-resumed", _OF_TASK, _of_fact(fact_texts.resumed)),
    TaskCompleted: Rule("task-completed", _ISSUER, _of_fact(fact_texts.completed)),
    TaskConfirmed: Rule("task-confirmed", _OF_TASK, _of_fact(fact_texts.confirmed)),
    TaskReopened: Rule("task-reopened", _OF_TASK, _of_fact(fact_texts.reopened)),
    TaskCancelled: Rule("task-cancelled", _OF_TASK, _of_fact(fact_texts.cancelled)),
    PlanReturned: Rule("plan-returned", _PLAN, _of_fact(fact_texts.plan_returned)),
    PlanApproved: Rule("plan-approved", _PLAN, _of_fact(fact_texts.plan_approved)),
    ConferenceScheduled: Rule(
        "conference-scheduled", (("participant", audiences.participants), ("lead", audiences.leads_of_tasks)), _plain(texts.scheduled)
    ),
    ConferenceRescheduled: Rule("conference-rescheduled", _INVITED, _of_fact(fact_texts.rescheduled)),
    ConferenceCancelled: Rule("conference-cancelled", _INVITED, _of_fact(fact_texts.conference_cancelled)),
    ExtensionRequested: Rule("extension-requested", _ISSUER, _of_fact(fact_texts.extension_requested)),
    ExtensionGranted: Rule("extension-granted", _REQUEST, _of_fact(fact_texts.extension_granted)),
    ExtensionRefused: Rule("extension-refused", _REQUEST, _of_fact(fact_texts.extension_refused)),
    DeadlineChanged: Rule(
        "deadline-changed",
        (("lead", audiences.lead_of_changed), ("coordinating", audiences.coordinating_of_changed)),
        _plain(change_texts.changed),
    ),
    DeadlineApproaching: Rule("deadline-approaching", _NAMED, _plain(texts.approaching)),
    DeadlineMissed: Rule("deadline-missed", (("lead", audiences.lead), *_ISSUER), _plain(texts.missed)),
    DeadlineMet: Rule("deadline-met", (("lead", audiences.lead), *_ISSUER, ("informed", audiences.told_before)), _plain(texts.met)),
    DeadlineAtRisk: Rule("deadline-at-risk", (("lead", audiences.lead), *_ISSUER), _plain(change_texts.at_risk)),
    DeadlineWithdrawn: Rule(
        "deadline-withdrawn",
        (("lead", audiences.lead_of_withdrawn), ("coordinating", audiences.coordinating_of_withdrawn)),
        _plain(change_texts.withdrawn),
    ),
    FactVoided: Rule("fact-voided", (("informed", audiences.told_before),), _nothing),
}
"""Which event calls for which notices."""

FOR_ISSUERS: tuple[type[Contract], ...] = (DeadlineMissed, DeadlineMet, DeadlineAtRisk)
"""Events of deadlines that an issuer is told of: they are judged again when it becomes known."""
