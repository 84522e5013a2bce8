"""The timeline: what the system said since the last look, in lines for people."""

import re
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from deploy.demo import texts
from deploy.demo.topics import Published
from shared.contracts import Contract
from shared.contracts.deadlines import (
    DeadlineApproaching,
    DeadlineAtRisk,
    DeadlineChanged,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
)
from shared.contracts.notifications import NoticeAcknowledged, NoticeEscalated, NoticeIssued
from shared.contracts.registry import UnitRegistered
from shared.contracts.verdicts import FactExpired, FactRefused
from shared.envelope import Event

WIDTH = 100
LEFT = 18


class Timeline:
    """Knows the names of units and the numbers of tasks, and turns new records into lines."""

    def __init__(self) -> None:
        self.names: dict[UUID, str] = {}
        self.numbers: dict[UUID, str] = {}

    def tell(self, at: datetime, say: str | None, records: Sequence[Published], more: Sequence[str] = ()) -> list[str]:
        """Return the lines about what happened at an instant: what the story says and adds, then what the system said."""
        events = [record.event for record in records]
        self._learn(events)
        said = [f"· {line}" for line in (*self._facts(events), *self._readers(events))]
        return lay_out(at, [*([say] if say else []), *more, *said])

    def name(self, unit: UUID) -> str:
        """Return what a unit is called."""
        return self.names.get(unit, str(unit))

    def _learn(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event.data, UnitRegistered) and event.version:
                self.names[UUID(event.subject)] = event.data.short_name or event.data.name
            if isinstance(event.data, DeadlineSet):
                self.numbers[event.data.task] = event.data.task_number

    def _facts(self, events: Sequence[Event]) -> Iterator[str]:
        """Yield what happened, and to whom it was told; of what is told and says nothing here the notice's own title."""
        told = self._told(events)
        for event in events:
            if line := self._line_of(event):
                yield texts.told(line, told.pop(event.id, {}))
        titles: dict[str, dict[str, list[str]]] = {}
        for event in events:
            if isinstance(event.data, NoticeIssued) and event.data.about in told:
                units = titles.setdefault(event.data.title, {})
                units.setdefault(self.name(event.data.recipient), []).append(event.data.channel)
        yield from (texts.issued(title, units) for title, units in titles.items())

    def _told(self, events: Sequence[Event]) -> dict[str, dict[str, list[str]]]:
        """Return by what happened which units were told of it, and over which channels."""
        told: dict[str, dict[str, list[str]]] = {}
        for event in events:
            if isinstance(event.data, NoticeIssued):
                units = told.setdefault(event.data.about, {})
                units.setdefault(self.name(event.data.recipient), []).append(event.data.channel)
        return told

    def _line_of(self, event: Event) -> str | None:
        if isinstance(event.data, NoticeEscalated):
            return texts.escalated(self.numbers.get(event.data.task, "?"), event.data.days_late, event.data.level)
        said = _LINES.get(type(event.data))
        return said(event.data) if said else None

    def _readers(self, events: Sequence[Event]) -> Iterator[str]:
        readers = Counter(self.name(event.data.recipient) for event in events if isinstance(event.data, NoticeAcknowledged))
        if readers:
            yield texts.acknowledged(readers)


def lay_out(at: datetime | None, lines: Sequence[str]) -> list[str]:
    """Return lines under an instant, folded to the page's width; what is marked, indented or has a label stays so where it is folded."""
    folded = [part for line in lines for part in _fold(line)]
    return [f"{texts.moment(at) if at and number == 0 else '':<{LEFT}}{line}" for number, line in enumerate(folded)]


_LABEL = re.compile(r"· | +(?:\S+(?: \S+)* {2,}|[-?] )?")


def _fold(line: str) -> list[str]:
    label = _LABEL.match(line)
    indent = " " * (label.end() if label else 0)
    return textwrap.wrap(line, WIDTH - LEFT, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False) or [""]


_LINES: Mapping[type[Contract], Callable[[Any], str]] = {
    DeadlineSet: lambda data: texts.set_deadline(data.task_number, data.proof.phrase, data.due),
    DeadlineChanged: texts.changed_deadline,
    DeadlineAtRisk: texts.at_risk,
    DeadlineApproaching: lambda data: texts.approaching(data.task_number, data.working_days_left, data.due),
    DeadlineMissed: lambda data: texts.missed(data.task_number, data.due),
    DeadlineMet: lambda data: texts.met(data.task_number, data.due, on_time=data.on_time),
    FactRefused: lambda data: texts.refused(data.reason_vi),
    FactExpired: lambda data: texts.refused(data.reason_vi),
}
"""What is said of an event by itself, whoever was told of it."""
