"""Conferences: scheduled once for tasks of the directive, moved or cancelled while they are still to come, and held.

Once it is scheduled, a conference is judged by itself: it may be held although a task that asked for it was confirmed in the meantime.
"""

from datetime import datetime
from typing import assert_never

from msgspec.structs import replace

from services.directives.domain import moves
from services.directives.domain.dates import day_of
from services.directives.domain.facts import Claim, ConferenceFact, Fact, References
from services.directives.domain.issuing import require_not_before_issue
from services.directives.domain.naming import require_each_once, require_free
from services.directives.domain.needs import require_conference, require_task
from services.directives.domain.refusals import refused
from services.directives.domain.speaking import SPEAKERS
from services.directives.domain.state import Conference, Directive, is_concerned
from shared.contracts.work import ConferenceCancelled, ConferenceHeld, ConferenceRescheduled, ConferenceScheduled


def judge(directive: Directive, fact: Fact, conference: ConferenceFact, references: References) -> None:
    """Raise unless the fact about a conference may be registered: FactWaitsError ahead of what it needs, else FactRefusedError."""
    if isinstance(conference, ConferenceScheduled):
        _judge_scheduled(directive, fact, conference, references)
    else:
        _judge_later(directive, fact, conference)
    member = SPEAKERS[type(conference)]
    if not is_concerned(directive, getattr(conference, member)):
        raise refused("unit-not-concerned", f"/data/{member}")


def _judge_scheduled(directive: Directive, fact: Fact, scheduled: ConferenceScheduled, references: References) -> None:
    if fact.subject in directive.conferences:
        raise refused("conference-already-scheduled", "/subject")
    require_free(Claim("conference", str(fact.subject)), references)
    require_each_once(scheduled.tasks, "/data/tasks")
    require_each_once(scheduled.participants, "/data/participants")
    _require_order(scheduled.starts_at, scheduled.ends_at)
    require_not_before_issue(directive, day_of(scheduled.starts_at), "/data/starts_at")
    tasks = [require_task(directive, task) for task in scheduled.tasks]
    for index, task in enumerate(tasks):
        moves.require(task, scheduled.NAME, f"/data/tasks/{index}")


def _require_order(starts_at: datetime, ends_at: datetime | None) -> None:
    if ends_at is not None and ends_at <= starts_at:
        raise refused("conference-ends-before-start", "/data/ends_at")


def _judge_later(directive: Directive, fact: Fact, later: ConferenceRescheduled | ConferenceCancelled | ConferenceHeld) -> None:
    conference = require_conference(directive, fact.subject)
    if conference.status == "held":
        raise refused("conference-already-held", "/subject")
    if conference.status == "cancelled":
        raise refused("conference-cancelled", "/subject")
    if isinstance(later, ConferenceHeld):
        if later.held_at > fact.received_at:
            raise refused("held-in-the-future", "/data/held_at")
        require_not_before_issue(directive, day_of(later.held_at), "/data/held_at")
    if isinstance(later, ConferenceRescheduled):
        _require_order(later.starts_at, later.ends_at)
        require_not_before_issue(directive, day_of(later.starts_at), "/data/starts_at")


def apply(directive: Directive, fact: Fact, conference: ConferenceFact) -> Directive:
    """Return the directive with the conference as it stands now."""
    match conference:
        case ConferenceScheduled():
            standing = Conference(conference.tasks)
        case ConferenceRescheduled():
            return directive
        case ConferenceCancelled():
            standing = replace(directive.conferences[fact.subject], status="cancelled")
        case ConferenceHeld():
            standing = replace(directive.conferences[fact.subject], status="held")
        case _ as never:  # pragma: no cover
            assert_never(never)
    return replace(directive, conferences={**directive.conferences, fact.subject: standing})
