"""Conferences: scheduled once for tasks of the directive, and held after that."""

from msgspec.structs import replace

from services.directives.domain.facts import Claim, Fact, NamedUnits, References
from services.directives.domain.naming import require_each_once, require_free
from services.directives.domain.refusals import refused
from services.directives.domain.state import Conference, Directive, is_concerned
from services.directives.domain.tasks import require_task
from shared.contracts.work import ConferenceHeld, ConferenceScheduled


def judge_scheduled(directive: Directive, fact: Fact, scheduled: ConferenceScheduled, references: References) -> None:
    """Raise FactRefusedError unless the conference may be put on the calendar."""
    if fact.subject in directive.conferences:
        raise refused("conference-already-scheduled", "/subject")
    require_free(Claim("conference", str(fact.subject)), references)
    for index, task in enumerate(scheduled.tasks):
        require_task(directive, task, f"/data/tasks/{index}")
    require_each_once(scheduled.tasks, "/data/tasks")
    require_each_once(scheduled.participants, "/data/participants")
    if scheduled.ends_at is not None and scheduled.ends_at <= scheduled.starts_at:
        raise refused("conference-ends-before-start", "/data/ends_at")
    if not is_concerned(directive, scheduled.scheduled_by):
        raise refused("unit-not-concerned", "/data/scheduled_by")


def judge_held(directive: Directive, fact: Fact, held: ConferenceHeld) -> None:
    """Raise FactRefusedError unless the conference may be noted as held."""
    conference = directive.conferences.get(fact.subject)
    if conference is None:
        raise refused("conference-not-scheduled", "/subject")
    if conference.is_held:
        raise refused("conference-already-held", "/subject")
    if held.held_at > fact.received_at:
        raise refused("held-in-the-future", "/data/held_at")
    if not is_concerned(directive, held.reported_by):
        raise refused("unit-not-concerned", "/data/reported_by")


def units(scheduled: ConferenceScheduled) -> tuple[NamedUnits, ...]:
    """Return the units that a scheduled conference names."""
    by = NamedUnits("/data/scheduled_by", (scheduled.scheduled_by,))
    return by, NamedUnits("/data/participants", scheduled.participants, is_list=True)


def apply_scheduled(directive: Directive, fact: Fact, scheduled: ConferenceScheduled) -> Directive:
    """Return the directive with one more conference."""
    return replace(directive, conferences={**directive.conferences, fact.subject: Conference(scheduled.tasks)})


def apply_held(directive: Directive, fact: Fact) -> Directive:
    """Return the directive with a conference noted as held."""
    held = replace(directive.conferences[fact.subject], is_held=True)
    return replace(directive, conferences={**directive.conferences, fact.subject: held})
