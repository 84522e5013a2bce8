"""The decider of the registry: dispatches each fact to the rules of its family.

A fact is judged in this order: may its publisher send it, is its subject the right one, are the units that it names registered; then its
family's rules, in which a fact that comes before what it needs of its own key waits.
"""

from collections.abc import Sequence

from services.directives.domain import calendars, conferences, directives, extensions, indexes, plans, publishers, reports, tasks, units
from services.directives.domain.authority import judge_authority
from services.directives.domain.claiming import units_of
from services.directives.domain.facts import (
    ConferenceFact,
    DeadlineFact,
    Fact,
    Filing,
    KeyFact,
    PlanFact,
    References,
    TaskFact,
    WorkFact,
)
from services.directives.domain.kinds import require_kind
from services.directives.domain.naming import require_registered
from services.directives.domain.needs import require_directive
from services.directives.domain.plausible import require_plausible
from services.directives.domain.refusals import refused
from services.directives.domain.state import Directive, State
from shared.contracts import OWN_KEY
from shared.contracts.directives import DirectiveIssued
from shared.contracts.indexes import IndexPublished
from shared.contracts.registry import CalendarAmended, PublisherAuthorised
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ReportSubmitted
from shared.decider import Decider


def decide(state: State, filing: Filing) -> Sequence[Fact]:
    """Return what is to be registered, or raise FactRefusedError or FactWaitsError.

    A fact-voided is judged by `void`, which knows the history; here there is no version that it could name.
    """
    judge_authority(state, filing)
    judge_rules(state, filing.fact, filing.references)
    return (filing.fact,)


def judge_rules(state: State, fact: Fact, references: References) -> None:
    """Raise FactRefusedError or FactWaitsError unless a fact, whoever published it, may be registered."""
    if fact.subject != fact.key and type(fact.data) in OWN_KEY:
        raise refused("key-mismatch", "/subject", "/partitionkey")
    require_plausible(fact.data)
    for named in units_of(fact):
        require_registered(named, references)
    data = fact.data
    if isinstance(data, KeyFact):
        require_kind(state, data)
        _judge_key(state, fact, data, references)
    else:
        directive = require_directive(state, fact)
        directives.require_in_force(directive)
        _judge_work(directive, fact, data, references)


def _judge_key(state: State, fact: Fact, data: KeyFact, references: References) -> None:
    match data:
        case DirectiveIssued():
            directives.judge_issued(state, fact, data, references)
        case IndexPublished():
            indexes.judge(state, fact, data)
        case PublisherAuthorised():
            publishers.judge(fact, data)
        case CalendarAmended():
            calendars.judge(fact, data)
        case FactVoided():
            raise refused("version-unknown", "/data/version", version=data.version)
        case _:
            units.judge(state, fact, data, references)


def _judge_work(directive: Directive, fact: Fact, data: WorkFact, references: References) -> None:
    if isinstance(data, TaskFact):
        tasks.judge(directive, fact, data, references)
    elif isinstance(data, ReportSubmitted):
        reports.judge(directive, fact, data, references)
    elif isinstance(data, PlanFact):
        plans.judge(directive, fact, data, references)
    elif isinstance(data, ConferenceFact):
        conferences.judge(directive, fact, data, references)
    elif isinstance(data, DeadlineFact):
        extensions.judge(directive, fact, data, references)
    else:
        directives.judge(directive, fact, data, references)


def evolve(state: State, event: Fact) -> State:
    """Return the state after a registered fact; what a fact-voided leaves is told by `void` and `fold`, which know the history."""
    data = event.data
    return _evolve_key(state, event, data) if isinstance(data, KeyFact) else _evolve_work(require_directive(state, event), event, data)


def _evolve_key(state: State, event: Fact, data: KeyFact) -> State:
    match data:
        case DirectiveIssued():
            return directives.apply_issued(data)
        case IndexPublished():
            return indexes.apply(data)
        case PublisherAuthorised():
            return publishers.apply(data)
        case CalendarAmended():
            return calendars.apply(data)
        case FactVoided():
            return state
        case _:
            return units.apply(state, event, data)


def _evolve_work(directive: Directive, event: Fact, data: WorkFact) -> Directive:
    if isinstance(data, TaskFact):
        return tasks.apply(directive, event, data)
    if isinstance(data, PlanFact):
        return plans.apply(directive, event, data)
    if isinstance(data, ConferenceFact):
        return conferences.apply(directive, event, data)
    if isinstance(data, DeadlineFact):
        return extensions.apply(directive, event, data)
    return directive if isinstance(data, ReportSubmitted) else directives.apply(directive, data)


DECIDER: Decider[State, Filing, Fact] = Decider(None, decide, evolve)
"""The registry as a state machine; a history with voids in it is folded by `fold`."""
