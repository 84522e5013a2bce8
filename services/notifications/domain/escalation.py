"""Escalation: a deadline that was missed and is still open is told one level up after so many calendar days, each level once.

The rules, all of them pure:

- Days are counted from the instant that was missed. A level never comes before its instant; after downtime it comes at once, and so does
  each level after it that is due as well, since each of them tells somebody else.
- What meets, withdraws or sets the deadline anew ends it, and so does a change that moves it or opens it again: what is missed after that
  is another miss, with levels of its own. A change that leaves the instant as it is (the task was given to another unit) only changes who
  is told.
- A case knows up to which event of its deadline it has come, so that events which are read again change nothing.
"""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

import msgspec
from msgspec.structs import replace

from services.notifications.domain.notices import INBOX, NAMESPACE, Notice, id_of
from services.notifications.texts import LINE_LIMIT, Wording, awaited, content_of, deadline_of, shorten, wording
from shared.contracts import Contract
from shared.contracts.deadlines import (
    DeadlineChanged,
    DeadlineEvent,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    DeadlineWithdrawn,
)
from shared.contracts.notifications import NoticeEscalated, NoticeIssued, NoticeRule
from shared.contracts.types import UnitId

CONCERNING: Final = (DeadlineMissed, DeadlineMet, DeadlineChanged, DeadlineWithdrawn, DeadlineSet)
"""Events of a deadline that open or end its escalation."""
HEAD, OFFICE = 1, 2
"""The levels: the head of the lead unit, and the office of the issuer."""
RULE: Final[NoticeRule] = "notice-escalated"
SOURCE: Final = "/services/notifications"
"""The source of our own events."""
ONE_DAY: Final = timedelta(days=1)
_TERMS: Final = DeadlineEvent.__struct_fields__


class Overdue(msgspec.Struct, frozen=True, array_like=True):
    """A deadline that was missed and is still open; `notice` is how its lead was told of that, `terms` what is known of it now."""

    notice: UUID
    terms: DeadlineEvent
    since: datetime


class Case(msgspec.Struct, frozen=True, array_like=True):
    """What is known of a deadline that was ever missed: the offset of its newest event, and which levels were told of which miss."""

    seen: int = -1
    overdue: Overdue | None = None
    told: tuple[tuple[UUID, int], ...] = ()


class Step(msgspec.Struct, frozen=True):
    """The level that is to be told next, and when."""

    level: int
    at: datetime


def follow(case: Case, offset: int, source: str, event: str, data: Contract) -> Case:
    """Return the case after an event of its deadline, named by source and id, at an offset; one that was seen before changes nothing."""
    if offset <= case.seen:
        return case
    return replace(case, seen=offset, overdue=_overdue(case.overdue, source, event, data))


def _overdue(before: Overdue | None, source: str, event: str, data: Contract) -> Overdue | None:
    match data:
        case DeadlineMissed():
            notice = id_of((source, event), "deadline-missed", data.lead, INBOX)
            return Overdue(notice, _terms(data), data.due or data.stage_at)
        case DeadlineChanged() if before is not None and data.due == before.terms.due and not data.is_open_again:
            return replace(before, terms=_terms(data))
        case DeadlineMet() | DeadlineWithdrawn() | DeadlineChanged() | DeadlineSet():
            return None
        case _:
            return before


def _terms(data: DeadlineEvent) -> DeadlineEvent:
    return DeadlineEvent(**{name: getattr(data, name) for name in _TERMS})


def tell(case: Case, notice: UUID, level: int) -> Case:
    """Return the case once a level was told of a miss, which the notice of it names."""
    return replace(case, told=tuple(sorted({*case.told, (notice, level)})))


def next_step(case: Case, days: tuple[int, ...]) -> Step | None:
    """Return which level is to be told next, None where none is; `days` are those after which each level is told."""
    overdue = case.overdue
    if overdue is None:
        return None
    ahead = (Step(level, overdue.since + count * ONE_DAY) for level, count in enumerate(days, HEAD))
    return next((step for step in ahead if (overdue.notice, step.level) not in case.told), None)


class Escalated(msgspec.Struct, frozen=True):
    """A level that is told: the id of the event that says so, the event's data, and the notice."""

    id: UUID
    data: NoticeEscalated
    notice: Notice


def escalate(case: Case, days: tuple[int, ...], issuer: UnitId | None, now: datetime) -> list[Escalated]:
    """Return what is to be told at an instant, level by level; the issuer's office only where the issuer is known."""
    escalated: list[Escalated] = []
    while (step := next_step(case, days)) and step.at <= now and case.overdue:
        recipient = case.overdue.terms.lead if step.level == HEAD else issuer
        if recipient is None:
            break
        escalated.append(_escalated(case.overdue, step.level, recipient, now))
        case = tell(case, case.overdue.notice, step.level)
    return escalated


def _escalated(overdue: Overdue, level: int, recipient: UnitId, now: datetime) -> Escalated:
    terms, days_late = overdue.terms, (now - overdue.since) // ONE_DAY
    event = uuid5(NAMESPACE, f"escalate\n{overdue.notice}\n{level}")
    data = NoticeEscalated(
        notice=overdue.notice, deadline=terms.deadline, task=terms.task, directive=terms.directive, recipient=recipient, level=level,
        days_late=days_late,
    )  # fmt: skip
    return Escalated(event, data, notice_of(overdue, data, event, now))


def told_as(event: UUID, recipient: UnitId) -> UUID:
    """Return the id of the notice that goes with an event of ours, notice-escalated."""
    return id_of((SOURCE, str(event)), RULE, recipient, INBOX)


def notice_of(overdue: Overdue, said: NoticeEscalated, event: UUID, now: datetime) -> Notice:
    """Return the notice by which a level is told of what is overdue."""
    identity = (SOURCE, str(event))
    title, body = _worded(overdue.terms, said.level, said.days_late)
    data = NoticeIssued(
        notice=told_as(event, said.recipient), rule=RULE, recipient=said.recipient, channel=INBOX, directive=said.directive,
        task=said.task, about=str(event), title=title, body=body, escalates=said.notice,
    )  # fmt: skip
    return Notice(str(said.directive), now, f"timer/{event}", data, identity)


def _worded(terms: DeadlineEvent, level: int, days: int) -> Wording:
    number = shorten(terms.task_number, LINE_LIMIT)
    lacking = f"đã quá hạn {days} ngày nhưng hệ thống vẫn chưa tiếp nhận {awaited(terms)}."
    if level == HEAD:
        first = f"Kính gửi Thủ trưởng đơn vị: nhiệm vụ số {number} do quý đơn vị chủ trì {lacking}"
        last = "Đề nghị Thủ trưởng đơn vị trực tiếp chỉ đạo hoàn thành và báo cáo cơ quan giao nhiệm vụ."
    else:
        first = f"Kính gửi Văn phòng: nhiệm vụ số {number} do quý cơ quan giao {lacking}"
        last = "Thủ trưởng đơn vị chủ trì đã được thông báo. Kính báo cáo để quý cơ quan xem xét, chỉ đạo."
    return wording(f"Quá hạn {days} ngày: nhiệm vụ số {number}", [first, deadline_of(terms), content_of(terms.content), last])
