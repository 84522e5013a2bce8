"""The rows that the states on a board come to."""

from collections.abc import Iterable, Iterator
from uuid import UUID

from services.directives.domain.board import Board, Fact
from services.directives.domain.paperwork import Conference, Directive, Extension, Plan, Report
from services.directives.domain.status import axis_of
from services.directives.domain.task_life import MILESTONES, TaskState
from services.directives.domain.warnings import Marks
from services.directives.domain.words import words_of
from services.directives.projections.reading import Registered
from services.directives.projections.writing import Row, array_of, json_of
from shared.contracts.indexes import IndexPublished

FACT_COLUMNS = ("key", "version", "type", "subject", "received_at", "registered_at", "cause", "hash", "value")
PLAN_ITEM_COLUMNS = (
    "plan", "ordinal", "area", "criterion", "component", "shortcoming", "cause", "solution", "time", "responsible_head",
)  # fmt: skip
SCORE_COLUMNS = ("published_index", "ordinal", "unit", "rank", "self_score", "appraised_score", "parts")


def fact_row(registered: Registered) -> Row:
    """Return the row of the timeline."""
    fact = registered.fact
    return (
        fact.key, fact.version, registered.type, fact.subject, fact.received_at, fact.registered_at, registered.cause, registered.hash,
        registered.value,
    )  # fmt: skip


def directive_row(key: UUID, directive: Directive) -> Row:
    """Return the row of a directive."""
    data = directive.issued
    number = None if data.number is None else str(data.number)
    bases = [basis.directive for basis in data.based_on if basis.directive is not None]
    return (
        key, data.key, data.issuer, data.subject, data.document_type, data.number, data.symbol, data.issued_on, data.place,
        array_of(data.addressees), json_of(data.based_on), array_of(bases), json_of(data.signer), data.urgency, json_of(data.file),
        *directive.filed, words_of((number, data.symbol, data.subject)),
    )  # fmt: skip


def change_row(key: UUID, directive: Directive) -> Row:
    """Return what of a directive changes after it was issued."""
    data = directive.issued
    number = None if data.number is None else str(data.number)
    return (
        key, data.subject, data.number, data.symbol, data.issued_on, data.place, array_of(data.addressees), json_of(data.signer),
        directive.standing, directive.changed_at, directive.ended_at, directive.end_reason, directive.replaced_by,
        words_of((number, data.symbol, data.subject)),
    )  # fmt: skip


def task_row(assignment: Fact, state: TaskState) -> Row:
    """Return the row of a task that was assigned."""
    data = assignment.data
    return (
        assignment.subject, assignment.key, data.number, data.content, data.deliverable, *assignment.filed,  # type: ignore[attr-defined]
        task_words(data.number, data.content), state.lead, array_of(state.coordinating), *state_row(state),  # type: ignore[attr-defined]
    )  # fmt: skip


def task_words(number: str, content: str) -> str:
    """Return the words of a task itself."""
    return words_of((number, content))


def state_row(state: TaskState) -> Row:
    """Return the columns that move with a task's state."""
    receipts = state.receipts
    axis = axis_of(state, receipts)
    return (json_of(state), axis.work, axis.settled_at, axis.still_since, *map(receipts.get, MILESTONES))


def lead_row(task: UUID, state: TaskState) -> Row:
    """Return who answers for a task."""
    return (task, state.lead, array_of(state.coordinating))


def plan_row(plan_id: UUID, directive: UUID, plan: Plan) -> Row:
    """Return the row of a plan."""
    data = plan.submitted
    return (
        plan_id, directive, data.task, data.submitted_by, data.stage, data.title, json_of(data.file), *plan.filed,
    )  # fmt: skip


def judgement_row(plan_id: UUID, plan: Plan) -> Row:
    """Return what the issuer said to a plan."""
    return (plan_id, plan.standing, plan.judged_at, plan.remarks, json_of(plan.faults))


def item_rows(plan_id: UUID, plan: Plan) -> Iterator[Row]:
    """Yield the rows of a plan's items."""
    for ordinal, item in enumerate(plan.submitted.items, start=1):
        yield (
            plan_id, ordinal, item.area, item.criterion, item.component, item.shortcoming, item.cause, item.solution, item.time,
            item.responsible_head,
        )  # fmt: skip


def conference_row(conference_id: UUID, directive: UUID, conference: Conference) -> Row:
    """Return the row of a conference as it was scheduled at first."""
    data = conference.scheduled
    return (
        conference_id, directive, data.title, data.scheduled_by, conference.first_starts_at, data.ends_at, data.place, data.chair,
        array_of(data.participants), *conference.filed,
    )  # fmt: skip


def course_row(conference_id: UUID, conference: Conference) -> Row:
    """Return what of a conference changes after it was scheduled."""
    data, held = conference.scheduled, conference.held
    minutes = None if held is None else json_of(held.minutes)
    return (
        conference_id, data.starts_at, data.ends_at, data.place, conference.standing, conference.reschedulings, conference.changed_at,
        conference.reason, held and held.held_at, conference.held_received_at, held and held.reported_by, held and held.attendance,
        minutes,
    )  # fmt: skip


def report_row(report_id: UUID, directive: UUID, report: Report) -> Row:
    """Return the row of a report."""
    data = report.submitted
    return (report_id, directive, data.task, data.submitted_by, data.title, data.period, json_of(data.file), *report.filed)


def extension_row(extension_id: UUID, directive: UUID, extension: Extension) -> Row:
    """Return the row of a request for more time."""
    data = extension.requested
    return (
        extension_id, directive, data.task, data.name, data.requested_by, data.requested_day, data.reasons, *extension.filed,
        extension.standing, extension.decided_at, extension.last_good_day, extension.remarks,
    )  # fmt: skip


def index_row(fact: Fact, data: IndexPublished) -> Row:
    """Return the row of an index."""
    return (fact.key, data.key, data.published_by, data.title, data.year, data.criteria_set, json_of(data.document), *fact.filed)


def score_rows(fact: Fact, data: IndexPublished) -> Iterator[Row]:
    """Yield the rows of an index's scores."""
    for ordinal, score in enumerate(data.scores, start=1):
        yield (fact.key, ordinal, score.unit, score.rank, score.self_score, score.appraised_score, json_of(score.parts))


def deadline_row(deadline: UUID, marks: Marks) -> Row:
    """Return the row of a deadline."""
    return (
        deadline, marks.task, marks.directive, marks.name, marks.met_by, marks.plan_stage, marks.kind, marks.due, marks.original_due,
        marks.recurrence, json_of(marks.proof), marks.changes, marks.changed_by, marks.soon_at, marks.missed_at, marks.met_at,
        marks.is_on_time, marks.met_fact, marks.risk, marks.withdrawn_by, marks.series, marks.occurrence, marks.period,
    )  # fmt: skip


def words_rows(board: Board, words: Iterable[tuple[UUID, tuple[str, str]]]) -> Iterator[Row]:
    """Yield the words of the tasks whose directive changed and that are not written whole."""
    for task, (number, content) in words:
        if task not in board.assignments:
            yield (task, task_words(number, content))
