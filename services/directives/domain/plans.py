"""Plans: handed in by a unit that answers for the task, as drafts until the final one."""

from msgspec.structs import replace

from services.directives.domain.facts import Claim, Fact, References
from services.directives.domain.naming import require_free
from services.directives.domain.refusals import refused
from services.directives.domain.state import Directive, Plan, answers_for
from services.directives.domain.tasks import require_task
from shared.contracts.work import PlanSubmitted


def judge(directive: Directive, fact: Fact, plan: PlanSubmitted, references: References) -> None:
    """Raise FactRefusedError unless the plan may be registered."""
    task = require_task(directive, plan.task, "/data/task")
    if not answers_for(task, plan.submitted_by):
        raise refused("unit-not-responsible", "/data/submitted_by")
    earlier = directive.plans.get(fact.subject)
    if earlier is None:
        require_free(Claim("plan", str(fact.subject)), references)
    else:
        _require_same_plan(earlier, plan)


def _require_same_plan(earlier: Plan, plan: PlanSubmitted) -> None:
    if (earlier.task, earlier.submitted_by) != (plan.task, plan.submitted_by):
        raise refused("plan-belongs-elsewhere", "/subject")
    if earlier.is_final:
        raise refused("plan-already-final", "/subject")


def apply(directive: Directive, fact: Fact, plan: PlanSubmitted) -> Directive:
    """Return the directive with the plan as it stands now."""
    standing = Plan(plan.task, plan.submitted_by, is_final=plan.stage == "final")
    return replace(directive, plans={**directive.plans, fact.subject: standing})
