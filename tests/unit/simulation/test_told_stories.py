"""Stories that chance tells too seldom, told on purpose."""

from collections.abc import Iterator
from uuid import UUID, uuid5

import pytest

from deploy.chaos.evidence import Finding
from deploy.chaos.lives import ISSUED_ON
from deploy.simulation.facts import ISSUER, PHRASES, SOURCE, UNITS, Planned
from deploy.simulation.history import try_out
from deploy.simulation.steps import Clock, Fire, Flow, Publish, Settle, Step, Story
from deploy.simulation.stories import write_story
from services.notifications.escalation_worker import EscalationTimers
from shared.contracts import Contract
from shared.contracts.directives import DeadlineClause, DirectiveIssued, TaskAssigned
from shared.contracts.work import ReportSubmitted
from shared.envelope import event_of
from tests.support.planting import Bug, planted

KEY = uuid5(ISSUER, "told")
TASK = uuid5(KEY, "task")
CLAUSE = DeadlineClause(name="báo cáo", met_by="report-submitted", phrase="trước ngày 5/4/2021")
ISSUED = DirectiveIssued(
    key="told", issuer=ISSUER, subject="V/v mô phỏng", document_type="CV", number=1, symbol="UBND-TN", issued_on=ISSUED_ON
)  # fmt: skip
ASSIGNED = TaskAssigned(number="1", content="Việc để thử", lead=UNITS[0], deliverable="report", deadlines=(CLAUSE,))
REPORTED = ReportSubmitted(task=TASK, submitted_by=UNITS[0], title="Báo cáo thử")


def fact(name: str, subject: UUID, data: Contract, *needs: UUID) -> Publish:
    return Publish(Planned(event_of(data, id=name, source=SOURCE, subject=str(subject), key=str(KEY)), frozenset(map(str, needs))))


def told_late() -> Iterator[Step]:
    """Yield how a report comes after its deadline was missed, and a timer of escalation before the report is read."""
    yield from (fact("issued", KEY, ISSUED), fact("assigned", TASK, ASSIGNED, KEY), Settle(), Clock(96), Settle())
    yield from (fact("report", uuid5(TASK, "report"), REPORTED, KEY, TASK), Flow("registrar"), Flow("deadlines"))
    yield from (Clock(48), Fire("notifications", 0))


def test_whom_a_conference_tells_does_not_depend_on_where_a_run_ends() -> None:
    for number in (6266, 9151, 11735):
        assert try_out(write_story(1, number)) == []


async def may_always(_timers: EscalationTimers, _partition: int) -> bool:
    return True


@pytest.fixture
def story() -> Story:
    return Story(tuple(told_late()), {(str(TASK), CLAUSE.name): dict(PHRASES)[CLAUSE.phrase]})


def test_nothing_is_escalated_whose_report_is_in_the_log_already(story: Story) -> None:
    assert try_out(story) == []


def test_a_timer_that_does_not_wait_for_the_log_is_caught(story: Story) -> None:
    with planted(Bug("", patches=((EscalationTimers, "may_fire", may_always),))) as parts:
        found = try_out(story, parts)
    assert Finding("early", f"deadline {uuid5(TASK, CLAUSE.name)} was escalated after it had ended") in found
