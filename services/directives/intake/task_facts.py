"""The facts that tasks were assigned, out of a letter's duties and what the operator answers."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID, uuid5

from services.directives.intake.answers import (
    ADDED,
    LONGEST_LINE,
    LONGEST_TEXT,
    MOST_DEADLINES,
    TASKS,
    checked_deliverable,
    checked_phrases,
    checked_text,
    checked_units,
    wrong,
)
from services.directives.intake.deliverables import met_by_of, name_of, plan_stage_of
from services.directives.intake.drafts_of_facts import Draft, Making, cut
from services.directives.intake.findings import Duty, Found
from services.directives.intake.flow import Flow, even
from services.directives.intake.phrases import is_damaged
from services.directives.intake.questions import ask
from services.directives.intake.units import is_collective
from shared.contracts.directives import DeadlineClause, PlanRequirement, TaskAssigned
from shared.contracts.types import Deliverable


def tasks_of(making: Making, duties: Sequence[Duty], directive: UUID) -> Iterator[Draft]:
    """Give the facts of all tasks that were not dropped, then of those that were added."""
    for index, duty in enumerate(duties):
        pointer = f"{TASKS}/{index}"
        if not making.answers.is_dropped(pointer):
            yield from _of_duty(making, duty, pointer, directive)
    for given in making.answers.added():
        yield from _of_added(making, given, directive)


def _of_duty(making: Making, duty: Duty, pointer: str, directive: UUID) -> Iterator[Draft]:
    answers = making.answers
    number = answers.text(f"{pointer}/number") or duty.number.value
    leads = _leads(making, duty, pointer, number)
    deliverable = answers.deliverable(f"{pointer}/deliverable") or duty.deliverable.value
    deadlines, spans = _deadlines(making, duty, pointer, number, deliverable)
    coordinating = _coordinating(making, duty, pointer)
    if leads.rest:
        coordinating = [*dict.fromkeys((*leads.rest, *coordinating))]
    for mark, lead in _numbered(number, leads.chosen):
        draft = _draft(making, directive, mark)
        draft.put("number", mark, duty.number.span)
        content = answers.text(f"{pointer}/content", LONGEST_TEXT)
        draft.put("content", content or cut(duty.content.value, LONGEST_TEXT), None if content else duty.content.span)
        draft.put("lead", lead, duty.lead[0].span if len(duty.lead) == 1 else None)
        draft.put("coordinating", [unit for unit in coordinating if unit != lead])
        draft.put("deliverable", deliverable, duty.deliverable.span)
        draft.put("deadlines", deadlines)
        for index, span in enumerate(spans):
            draft.at(f"deadlines/{index}/phrase", span)
        if duty.required and deliverable == "plan":
            by, parts = duty.required.value.by, duty.required.value.parts
            gone_through = answers.index(f"{pointer}/plan_requires/index")
            draft.put("plan_requires", PlanRequirement(by=by, parts=parts, index=gone_through), duty.required.span)
        yield draft


def _draft(making: Making, directive: UUID, number: str) -> Draft:
    return Draft(f"{making.key}/task/{number}", uuid5(directive, f"task/{number}"), TaskAssigned)


def _numbered(number: str, leads: Sequence[UUID]) -> Iterator[tuple[str, UUID | None]]:
    """Give a task's number with its lead; of several leads each has a task, numbered after a stroke."""
    if len(leads) < 2:  # noqa: PLR2004
        yield number, leads[0] if leads else None
        return
    for at, lead in enumerate(leads, 1):
        yield f"{number}/{at}", lead


class _Leads:
    """The units that lead, and those that are named beside the one that was chosen."""

    def __init__(self, chosen: Sequence[UUID], rest: Sequence[UUID] = ()) -> None:
        self.chosen = chosen
        self.rest = rest


def _leads(making: Making, duty: Duty, pointer: str, number: str) -> _Leads:
    """Return who leads: as answered, else the one unit that is named; several or many are asked about, never chosen from."""
    about = f"{pointer}/lead"
    chosen = making.answers.units(about)
    if not duty.lead:
        making.ask_unless_answered(ask("lead-missing", about, duty.content.span, is_required=True, number=number))
        return _Leads(chosen)
    value = ", ".join(each.value for each in duty.lead)
    span = (duty.lead[0].span[0], duty.lead[-1].span[1]) if duty.lead[0].span and duty.lead[-1].span else None
    if duty.has_collective_lead:
        making.ask_unless_answered(ask("lead-collective", about, span, is_required=True, number=number, value=value))
    if len(duty.lead) > 1 and not all(is_collective(each.value) for each in duty.lead):
        making.ask_unless_answered(ask("lead-several", about, span, is_required=True, number=number, value=value))
    if chosen:
        rest = _others(making, duty, pointer) if len(chosen) == 1 and len(duty.lead) > 1 else []
        return _Leads(chosen, [unit for unit in rest if unit not in chosen])
    named = [making.unit(f"{about}/{at}", found, is_required=True) for at, found in enumerate(duty.lead)]
    return _Leads([unit for unit in named if unit is not None][:1] if len(duty.lead) == 1 else [])


def _others(making: Making, duty: Duty, pointer: str) -> list[UUID]:
    """Return the other units that are named as leads: they coordinate."""
    named = [making.unit(f"{pointer}/lead/{at}", found, is_required=False) for at, found in enumerate(duty.lead)]
    return [unit for unit in named if unit is not None]


def _coordinating(making: Making, duty: Duty, pointer: str) -> list[UUID]:
    named = [making.unit(f"{pointer}/coordinating/{at}", found, is_required=False) for at, found in enumerate(duty.coordinating)]
    return list(dict.fromkeys(unit for unit in named if unit is not None))


_Spans = list[tuple[int, int] | None]


def _deadlines(making: Making, duty: Duty, pointer: str, number: str, deliverable: Deliverable) -> tuple[list[DeadlineClause], _Spans]:
    """Return the deadlines with their places: as read and answered one by one, or as answered all together."""
    about = f"{pointer}/deadlines"
    if making.answers.has(about):
        phrases = making.answers.phrases(about)
        return clauses_of(phrases, even(duty.content.value), deliverable), [None] * len(phrases)
    if not duty.deadlines:
        making.questions.append(ask("deadline-missing", about, duty.content.span, number=number))
    clauses: list[DeadlineClause] = []
    spans: _Spans = []
    for index, deadline in enumerate(duty.deadlines[:MOST_DEADLINES]):
        _ask_about(making, f"{about}/{index}/phrase", deadline.phrase, number, is_reference=deadline.is_reference)
        if making.answers.is_dropped(f"{about}/{index}/phrase"):
            continue
        answered = making.answers.text(f"{about}/{index}/phrase")
        stage = deadline.plan_stage.value if deadline.plan_stage else None
        clauses.append(
            DeadlineClause(
                name=deadline.name.value,
                met_by=deadline.met_by.value,
                plan_stage=stage,
                phrase=answered or cut(deadline.phrase.value, LONGEST_LINE),
            )
        )
        spans.append(None if answered else deadline.phrase.span)
    return clauses, spans


def _ask_about(making: Making, about: str, phrase: Found[str], number: str, *, is_reference: bool) -> None:
    if is_reference:
        making.ask_unless_answered(ask("deadline-by-reference", about, phrase.span, number=number, value=phrase.value))
    elif is_damaged(phrase.value):
        making.ask_unless_answered(ask("deadline-unreadable", about, phrase.span, number=number, value=phrase.value))


def clauses_of(phrases: Sequence[str], content: Flow, deliverable: Deliverable) -> list[DeadlineClause]:
    """Return deadlines for phrases that an operator gives, each with a name of its own."""
    met_by = met_by_of(content, deliverable)
    stage = plan_stage_of(content).value if met_by == "plan-submitted" else None
    name = name_of(met_by, stage, deliverable)
    return [
        DeadlineClause(name=name if at == 1 else f"{name} ({at})", met_by=met_by, plan_stage=stage, phrase=phrase)
        for at, phrase in enumerate(phrases, 1)
    ]


def _of_added(making: Making, given: Mapping[str, Any], directive: UUID) -> Iterator[Draft]:
    """Give the facts of a task that the operator marked in the text."""
    start, end = _span(making, given.get("span"))
    content = " ".join(even(making.text[start:end]).text.split())
    number = checked_text(ADDED, given.get("number"))
    deliverable = checked_deliverable(ADDED, given.get("deliverable")) or "other"
    leads = checked_units(ADDED, given.get("lead"))
    if not content or not leads:
        raise wrong(ADDED, "a task needs words of the letter and a lead unit", "nhiệm vụ cần có nội dung và đơn vị chủ trì")
    coordinating = checked_units(ADDED, given.get("coordinating"))
    clauses = clauses_of(checked_phrases(ADDED, given.get("deadlines")), even(content), deliverable)
    for mark, lead in _numbered(number, leads):
        draft = _draft(making, directive, mark)
        draft.put("number", mark)
        draft.put("content", cut(content, LONGEST_TEXT), (start, end))
        draft.put("lead", lead)
        draft.put("coordinating", [unit for unit in coordinating if unit != lead])
        draft.put("deliverable", deliverable)
        draft.put("deadlines", clauses)
        yield draft


def _span(making: Making, given: object) -> tuple[int, int]:
    match given:
        case [int(start), int(end)] if 0 <= start < end <= len(making.text):
            return start, end
        case _:
            raise wrong(ADDED, "span is no part of the text", "đoạn được chọn không nằm trong văn bản")
