"""Plans: handed in by a unit that answers for the task, as drafts until the final one, returned or approved by the issuer."""

from typing import assert_never

from msgspec.structs import replace

from services.directives.domain import moves
from services.directives.domain.facts import Claim, Fact, PlanFact, References
from services.directives.domain.naming import require_free
from services.directives.domain.needs import require_plan, require_task
from services.directives.domain.refusals import refused
from services.directives.domain.state import Directive, Plan
from services.directives.domain.tasks import require_responsible
from shared.contracts.work import PlanApproved, PlanReturned, PlanSubmitted


def judge(directive: Directive, fact: Fact, plan: PlanFact, references: References) -> None:
    """Raise unless the fact about a plan may be registered: FactWaitsError ahead of its task or plan, else FactRefusedError."""
    if isinstance(plan, PlanSubmitted):
        _judge_submitted(directive, fact, plan, references)
    else:
        _judge_answer(directive, fact, plan)


def _judge_submitted(directive: Directive, fact: Fact, plan: PlanSubmitted, references: References) -> None:
    task = require_task(directive, plan.task)
    require_responsible(task, plan.submitted_by, "/data/submitted_by")
    earlier = directive.plans.get(fact.subject)
    if earlier is None:
        require_free(Claim("plan", str(fact.subject)), references)
    else:
        _require_same_plan(earlier, plan)
    moves.require(task, plan.NAME, "/data/task")


def _require_same_plan(earlier: Plan, plan: PlanSubmitted) -> None:
    if (earlier.task, earlier.submitted_by) != (plan.task, plan.submitted_by):
        raise refused("plan-belongs-elsewhere", "/subject")
    if earlier.status == "approved":
        raise refused("plan-already-approved", "/subject")
    if earlier.stage == "final" and earlier.status == "submitted":
        raise refused("plan-already-final", "/subject")


def _judge_answer(directive: Directive, fact: Fact, answer: PlanReturned | PlanApproved) -> None:
    """Require a plan that lies with the issuer: handed in, and neither returned nor approved since."""
    plan = require_plan(directive, fact.subject)
    moves.require(directive.tasks[plan.task], answer.NAME, "/subject")
    if plan.status == "approved":
        raise refused("plan-already-approved", "/subject")
    if plan.status == "returned":
        raise refused("plan-already-returned", "/subject")
    if isinstance(answer, PlanApproved) and plan.stage != "final":
        raise refused("plan-not-final", "/subject")


def apply(directive: Directive, fact: Fact, plan: PlanFact) -> Directive:
    """Return the directive with the plan as it stands now."""
    match plan:
        case PlanSubmitted():
            standing = Plan(plan.task, plan.submitted_by, plan.stage)
        case PlanReturned():
            standing = replace(directive.plans[fact.subject], status="returned")
        case PlanApproved():
            standing = replace(directive.plans[fact.subject], status="approved")
        case _ as never:  # pragma: no cover
            assert_never(never)
    return replace(directive, plans={**directive.plans, fact.subject: standing})
