"""What a fact needs of its own key; a fact that comes before it waits for it."""

from typing import TypeVar
from uuid import UUID

from services.directives.domain.facts import Claim, Fact
from services.directives.domain.refusals import FactWaitsError, refused
from services.directives.domain.state import Conference, Directive, Extension, Plan, State, Task

Thing = TypeVar("Thing", Task, Plan, Conference, Extension)


def require_directive(state: State, fact: Fact) -> Directive:
    """Return the directive of a key, or raise: the fact waits for it, or is refused where the key is another kind of thing."""
    if isinstance(state, Directive):
        return state
    if state is None:
        raise FactWaitsError(Claim("directive", str(fact.key)))
    raise refused("directive-unknown", "/partitionkey")


def require_task(directive: Directive, task: UUID) -> Task:
    """Return a task of the directive, or raise FactWaitsError."""
    return _require(directive.tasks.get(task), "task", task)


def require_plan(directive: Directive, plan: UUID) -> Plan:
    """Return a plan, or raise FactWaitsError."""
    return _require(directive.plans.get(plan), "plan", plan)


def require_conference(directive: Directive, conference: UUID) -> Conference:
    """Return a conference, or raise FactWaitsError."""
    return _require(directive.conferences.get(conference), "conference", conference)


def require_extension(directive: Directive, extension: UUID) -> Extension:
    """Return a request for more time, or raise FactWaitsError."""
    return _require(directive.extensions.get(extension), "extension", extension)


def _require(found: Thing | None, kind: str, name: UUID) -> Thing:
    if found is None:
        raise FactWaitsError(Claim(kind, str(name)))
    return found


def is_met(state: State, need: Claim) -> bool:
    """Return whether what a fact waits for has come, so that it can be judged again.

    It has also come where the directive is in force no more, or the key became another kind of thing: then the fact is refused.
    """
    if state is None:
        return False
    if not isinstance(state, Directive) or state.status != "in-force" or need.kind == "directive":
        return True
    return UUID(need.name) in _things(state, need.kind)


def _things(directive: Directive, kind: str) -> dict[UUID, Task] | dict[UUID, Plan] | dict[UUID, Conference] | dict[UUID, Extension]:
    if kind == "task":
        return directive.tasks
    if kind == "plan":
        return directive.plans
    return directive.conferences if kind == "conference" else directive.extensions
