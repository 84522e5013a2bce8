"""Reports: handed in once each, by a unit that answers for the task."""

from services.directives.domain.facts import Claim, Fact, References
from services.directives.domain.refusals import refused
from services.directives.domain.state import Directive, answers_for
from services.directives.domain.tasks import require_task
from shared.contracts.work import ReportSubmitted


def judge(directive: Directive, fact: Fact, report: ReportSubmitted, references: References) -> None:
    """Raise FactRefusedError unless the report may be registered."""
    task = require_task(directive, report.task, "/data/task")
    if not answers_for(task, report.submitted_by):
        raise refused("unit-not-responsible", "/data/submitted_by")
    owner = references.owners.get(Claim("report", str(fact.subject)))
    if owner is not None:
        raise refused("report-already-submitted" if owner == fact.key else "id-taken", "/subject")
