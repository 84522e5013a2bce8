"""The timeline: what the system said since the last look, in lines for people."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from uuid import UUID

from deploy.demo import texts
from deploy.demo.topics import Published
from shared.contracts.deadlines import DeadlineApproaching, DeadlineMet, DeadlineMissed, DeadlineSet
from shared.contracts.notifications import NoticeAcknowledged, NoticeIssued
from shared.contracts.registry import UnitRegistered
from shared.contracts.verdicts import FactExpired, FactRefused
from shared.envelope import Event

INDENT = " " * 18


class Timeline:
    """Knows the names of units, and turns new records into lines."""

    def __init__(self) -> None:
        self.names: dict[UUID, str] = {}

    def tell(self, at: datetime, say: str | None, records: Sequence[Published]) -> list[str]:
        """Return the lines about what happened at an instant: what the story says, then what the system said."""
        events = [record.event for record in records]
        self._learn(events)
        said = [*self._deadlines(events), *self._notices(events)]
        lines = [say, *said] if say else said
        return [f"{texts.moment(at) if number == 0 else '':<16}  {line}" for number, line in enumerate(lines)]

    def name(self, unit: UUID) -> str:
        """Return what a unit is called."""
        return self.names.get(unit, str(unit))

    def _learn(self, events: Sequence[Event]) -> None:
        for event in events:
            if isinstance(event.data, UnitRegistered) and event.version:
                self.names[UUID(event.subject)] = event.data.short_name or event.data.name

    def _deadlines(self, events: Sequence[Event]) -> Iterator[str]:
        for event in events:
            line = _line_of(event)
            if line:
                yield line

    def _notices(self, events: Sequence[Event]) -> Iterator[str]:
        recipients: dict[str, list[str]] = {}
        readers: Counter[str] = Counter()
        for event in events:
            match event.data:
                case NoticeIssued(title=title, recipient=unit):
                    recipients.setdefault(title, []).append(self.name(unit))
                case NoticeAcknowledged(recipient=unit):
                    readers[self.name(unit)] += 1
        yield from (texts.issued(title, sorted(names)) for title, names in recipients.items())
        if readers:
            yield texts.acknowledged(readers)


def _line_of(event: Event) -> str | None:
    match event.data:
        case DeadlineSet(task_number=number, proof=proof, due=due):
            return texts.set_deadline(number, proof.phrase, due)
        case DeadlineApproaching(task_number=number, working_days_left=left, due=due):
            return texts.approaching(number, left, due)
        case DeadlineMissed(task_number=number, due=due):
            return texts.missed(number, due)
        case DeadlineMet(task_number=number, due=due, on_time=on_time):
            return texts.met(number, due, on_time=on_time)
        case FactRefused(reason_vi=reason) | FactExpired(reason_vi=reason):
            return texts.refused(reason)
        case _:
            return None
