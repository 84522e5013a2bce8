"""The decider of the registry: dispatches each fact to the rules of its family."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple, assert_never

from services.directives.domain import conferences, directives, plans, reports, tasks, units
from services.directives.domain.facts import Claim, Fact, NamedUnits, References
from services.directives.domain.naming import require_registered
from services.directives.domain.refusals import refused
from services.directives.domain.state import Directive, State
from shared.contracts.directives import DirectiveIssued, TaskAssigned
from shared.contracts.registry import UnitRegistered
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanSubmitted, ReportSubmitted
from shared.decider import Decider

SUBJECT_KINDS: Mapping[type, str] = {
    TaskAssigned: "task",
    PlanSubmitted: "plan",
    ConferenceScheduled: "conference",
    ReportSubmitted: "report",
}
"""Facts whose subject's id belongs to one directive only."""

OPENING = (DirectiveIssued, UnitRegistered)
"""Facts that open a key."""


class Filing(NamedTuple):
    """A fact on the registrar's desk, with what the office knows beyond its key."""

    fact: Fact
    references: References


def decide(state: State, filing: Filing) -> Sequence[Fact]:
    """Return what is to be registered, or raise FactRefusedError."""
    fact, references = filing.fact, filing.references
    _judge(state, fact, references)
    return (fact,)


def _judge(state: State, fact: Fact, references: References) -> None:
    if not isinstance(fact.data, OPENING):
        _require_directive(state)
    _require_units(fact, references)
    match fact.data:
        case DirectiveIssued() as issued:
            directives.judge(state, fact, issued, references)
        case UnitRegistered() as registered:
            units.judge(state, fact, registered, references)
        case _:
            _judge_work(_require_directive(state), fact, references)


def _judge_work(directive: Directive, fact: Fact, references: References) -> None:
    match fact.data:
        case TaskAssigned() as assigned:
            tasks.judge(directive, fact, assigned, references)
        case PlanSubmitted() as plan:
            plans.judge(directive, fact, plan, references)
        case ConferenceScheduled() as scheduled:
            conferences.judge_scheduled(directive, fact, scheduled, references)
        case ConferenceHeld() as held:
            conferences.judge_held(directive, fact, held)
        case ReportSubmitted() as report:
            reports.judge(directive, fact, report, references)
        case DirectiveIssued() | UnitRegistered():  # pragma: no cover  judged before; mypy wants all types
            return
        case _ as never:  # pragma: no cover
            assert_never(never)


def _require_directive(state: State) -> Directive:
    if not isinstance(state, Directive):
        raise refused("directive-unknown", "/partitionkey")
    return state


def _require_units(fact: Fact, references: References) -> None:
    for named in units_of(fact):
        require_registered(named, references)


def evolve(state: State, event: Fact) -> State:
    """Return the state after a registered fact."""
    match event.data:
        case DirectiveIssued() as issued:
            return directives.apply(issued)
        case UnitRegistered() as registered:
            return units.apply(registered)
        case _:
            return _evolve_work(_require_directive(state), event)


def _evolve_work(directive: Directive, event: Fact) -> Directive:
    match event.data:
        case TaskAssigned() as assigned:
            return tasks.apply(directive, event, assigned)
        case PlanSubmitted() as plan:
            return plans.apply(directive, event, plan)
        case ConferenceScheduled() as scheduled:
            return conferences.apply_scheduled(directive, event, scheduled)
        case ConferenceHeld():
            return conferences.apply_held(directive, event)
        case _:
            return directive


def claims_of(fact: Fact) -> tuple[Claim, ...]:
    """Return the names that a fact would take for its key, if it is registered."""
    match fact.data:
        case DirectiveIssued() as issued:
            return directives.claims(issued)
        case UnitRegistered() as registered:
            return units.claims(registered)
        case ConferenceHeld():
            return ()
        case other:
            return (Claim(SUBJECT_KINDS[type(other)], str(fact.subject)),)


def units_of(fact: Fact) -> Sequence[NamedUnits]:
    """Return the units that a fact names; each must be registered before it."""
    match fact.data:
        case DirectiveIssued() as issued:
            return directives.units(issued)
        case UnitRegistered() as registered:
            return units.units(registered)
        case TaskAssigned() as assigned:
            return tasks.units(assigned)
        case PlanSubmitted() | ReportSubmitted() as submitted:
            return (NamedUnits("/data/submitted_by", (submitted.submitted_by,)),)
        case ConferenceScheduled() as scheduled:
            return conferences.units(scheduled)
        case held:
            return (NamedUnits("/data/reported_by", (held.reported_by,)),)


DECIDER: Decider[State, Filing, Fact] = Decider(None, decide, evolve)
"""The registry as a state machine; its fold rebuilds the state of a key from directives.events.v1."""
