"""The rows that a run of facts comes to, one collection a table; of several facts about one thing the last one counts."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from services.directives.domain.status import MILESTONES, TaskState, done_at, work_of
from services.directives.domain.words import words_of
from services.directives.projections.reading import Registered
from services.directives.projections.writing import Row, array_of, json_of
from shared.contracts import Contract
from shared.contracts.directives import DirectiveIssued, TaskAssigned
from shared.contracts.registry import UnitRegistered
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanSubmitted, ReportSubmitted

Table = dict[UUID, Row]

FACT_COLUMNS = ("key", "version", "type", "subject", "received_at", "registered_at", "cause", "hash", "value")
PLAN_ITEM_COLUMNS = (
    "plan", "ordinal", "area", "criterion", "component", "shortcoming", "cause", "solution", "time", "responsible_head",
)  # fmt: skip


@dataclass(slots=True)
class Rows:
    """What a run writes."""

    facts: list[Row] = field(default_factory=list)
    units: Table = field(default_factory=dict)
    directives: Table = field(default_factory=dict)
    tasks: Table = field(default_factory=dict)
    plans: Table = field(default_factory=dict)
    plan_items: dict[UUID, list[Row]] = field(default_factory=dict)
    conferences: Table = field(default_factory=dict)
    conference_tasks: dict[UUID, list[Row]] = field(default_factory=dict)
    held: Table = field(default_factory=dict)
    reports: Table = field(default_factory=dict)

    def add(self, fact: Registered) -> None:
        """Add what a fact writes; a type without a table of its own has only its place in the timeline."""
        self.facts.append(_fact_row(fact))
        add = _ADD.get(type(fact.data))
        if add is not None:
            add(self, fact, fact.data)


def state_row(state: TaskState) -> Row:
    """Return the columns that hold a task's state."""
    return (work_of(state), done_at(state), *(state.receipts.get(milestone) for milestone in MILESTONES))


def _fact_row(fact: Registered) -> Row:
    return (
        fact.key, fact.version, fact.type, fact.subject, fact.received_at, fact.registered_at, fact.cause, fact.hash, fact.value,
    )  # fmt: skip


def _unit(rows: Rows, fact: Registered, data: UnitRegistered) -> None:
    words = words_of((data.code, data.name, data.short_name))
    rows.units[fact.subject] = (
        fact.subject, data.code, data.name, data.short_name, data.parent, data.valid_from, fact.registered_at, words,
    )  # fmt: skip


def _directive(rows: Rows, fact: Registered, data: DirectiveIssued) -> None:
    number = None if data.number is None else str(data.number)
    rows.directives[fact.key] = (
        fact.key, data.key, data.issuer, data.subject, data.document_type, data.number, data.symbol, data.issued_on, data.place,
        array_of(data.addressees), json_of(data.based_on), json_of(data.signer), data.urgency, json_of(data.file),
        fact.received_at, fact.registered_at, words_of((number, data.symbol, data.subject)),
    )  # fmt: skip


def _task(rows: Rows, fact: Registered, data: TaskAssigned) -> None:
    rows.tasks[fact.subject] = (
        fact.subject, fact.key, data.number, data.content, data.lead, array_of(data.coordinating), data.deliverable,
        json_of(data.deadlines), fact.received_at, fact.registered_at, fact.version, words_of((data.number, data.content)),
    )  # fmt: skip


def _plan(rows: Rows, fact: Registered, data: PlanSubmitted) -> None:
    rows.plans[fact.subject] = (
        fact.subject, fact.key, data.task, data.submitted_by, data.stage, data.title, json_of(data.file), fact.received_at,
        fact.registered_at, fact.version,
    )  # fmt: skip
    rows.plan_items[fact.subject] = [
        (
            fact.subject, ordinal, item.area, item.criterion, item.component, item.shortcoming, item.cause, item.solution,
            item.time, item.responsible_head,
        )
        for ordinal, item in enumerate(data.items, start=1)
    ]  # fmt: skip


def _conference(rows: Rows, fact: Registered, data: ConferenceScheduled) -> None:
    rows.conferences[fact.subject] = (
        fact.subject, fact.key, data.title, data.scheduled_by, data.starts_at, data.ends_at, data.place, data.chair,
        array_of(data.participants), fact.received_at, fact.registered_at, fact.version,
    )  # fmt: skip
    rows.conference_tasks[fact.subject] = [(fact.subject, task) for task in dict.fromkeys(data.tasks)]


def _held(rows: Rows, fact: Registered, data: ConferenceHeld) -> None:
    rows.held[fact.subject] = (
        fact.subject, data.held_at, fact.received_at, data.reported_by, data.attendance, json_of(data.minutes),
    )  # fmt: skip


def _report(rows: Rows, fact: Registered, data: ReportSubmitted) -> None:
    rows.reports[fact.subject] = (
        fact.subject, fact.key, data.task, data.submitted_by, data.title, data.period, json_of(data.file), fact.received_at,
        fact.registered_at, fact.version,
    )  # fmt: skip


_ADD: Mapping[type[Contract], Callable[[Rows, Registered, Any], None]] = {
    UnitRegistered: _unit,
    DirectiveIssued: _directive,
    TaskAssigned: _task,
    PlanSubmitted: _plan,
    ConferenceScheduled: _conference,
    ConferenceHeld: _held,
    ReportSubmitted: _report,
}
