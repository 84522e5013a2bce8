"""Tasks: assigned once by their directive, with one lead unit and deadlines that can be told apart."""

from uuid import UUID

from msgspec.structs import replace

from services.directives.domain.facts import Claim, Fact, NamedUnits, References
from services.directives.domain.naming import plain, require_each_once, require_free
from services.directives.domain.refusals import refused
from services.directives.domain.state import Directive, Task
from shared.contracts.directives import DeadlineClause, TaskAssigned


def judge(directive: Directive, fact: Fact, assigned: TaskAssigned, references: References) -> None:
    """Raise FactRefusedError unless the task may be registered."""
    if fact.subject in directive.tasks:
        raise refused("task-already-assigned", "/subject")
    require_free(Claim("task", str(fact.subject)), references)
    require_each_once(assigned.coordinating, "/data/coordinating")
    if assigned.lead in assigned.coordinating:
        raise refused("lead-also-coordinating", "/data/coordinating")
    _require_clear(assigned.deadlines)


def _require_clear(deadlines: tuple[DeadlineClause, ...]) -> None:
    names: set[str] = set()
    for index, clause in enumerate(deadlines):
        if plain(clause.name) in names:
            raise refused("deadline-named-twice", f"/data/deadlines/{index}/name", name=clause.name)
        names.add(plain(clause.name))
        if clause.plan_stage is not None and clause.met_by != "plan-submitted":
            raise refused("plan-stage-misplaced", f"/data/deadlines/{index}/plan_stage")


def units(assigned: TaskAssigned) -> tuple[NamedUnits, ...]:
    """Return the units that a task names."""
    return NamedUnits("/data/lead", (assigned.lead,)), NamedUnits("/data/coordinating", assigned.coordinating, is_list=True)


def apply(directive: Directive, fact: Fact, assigned: TaskAssigned) -> Directive:
    """Return the directive with one more task."""
    return replace(directive, tasks={**directive.tasks, fact.subject: Task(assigned.lead, assigned.coordinating)})


def require_task(directive: Directive, task: UUID, pointer: str) -> Task:
    """Return a task of the directive, or raise FactRefusedError (`task-unknown`)."""
    found = directive.tasks.get(task)
    if found is None:
        raise refused("task-unknown", pointer, task=task)
    return found
