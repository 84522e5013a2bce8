"""Reports: handed in once each, by a unit that answers for the task."""

from services.directives.domain import moves
from services.directives.domain.facts import Claim, Fact, References
from services.directives.domain.needs import require_task
from services.directives.domain.refusals import refused
from services.directives.domain.state import Directive
from services.directives.domain.tasks import require_responsible
from shared.contracts.work import ReportSubmitted


def judge(directive: Directive, fact: Fact, report: ReportSubmitted, references: References) -> None:
    """Raise unless the report may be registered: FactWaitsError ahead of its task, else FactRefusedError."""
    task = require_task(directive, report.task)
    require_responsible(task, report.submitted_by, "/data/submitted_by")
    owner = references.owners.get(Claim("report", str(fact.subject)))
    if owner is not None:
        raise refused("report-already-submitted" if owner == fact.key else "id-taken", "/subject")
    moves.require(task, report.NAME, "/data/task")
