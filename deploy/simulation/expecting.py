"""What should become of a story's facts, told from the order alone in which they arrived."""

from collections.abc import Sequence

from deploy.chaos.evidence import Outcome
from deploy.simulation.facts import Planned
from shared.contracts.directives import DirectiveIssued
from shared.contracts.work import PlanSubmitted


def expect(arrived: Sequence[Planned]) -> Sequence[Outcome]:
    """Return what should become of each fact, in the order of arrival; a repeat comes to what its original came to.

    Whatever still waits when the story ends has waited in vain.
    """
    judge = _Judge()
    numbers = [judge.take(number, planned) for number, planned in enumerate(arrived)]
    return [judge.outcomes.get(number, "refused") for number in numbers]


class _Judge:
    def __init__(self) -> None:
        self.outcomes: dict[int, Outcome] = {}
        self._waiting: dict[int, Planned] = {}
        self._there: set[str] = set()
        self._seen: dict[str, tuple[int, Planned]] = {}

    def take(self, number: int, planned: Planned) -> int:
        """Judge a fact, and return under which number its outcome is found."""
        first, same = self._seen.setdefault(planned.event.id, (number, planned))
        if first == number:
            self._judge(number, planned)
        return first if same is planned else -1

    def _judge(self, number: int, planned: Planned) -> None:
        if not planned.needs <= self._there:
            self._waiting[number] = planned
        elif self._register(number, planned, "registered"):
            self._release()

    def _register(self, number: int, planned: Planned, outcome: Outcome) -> bool:
        given = _gives(planned)
        is_right = not _precluded(planned) & self._there
        self.outcomes[number] = outcome if is_right else "refused"
        self._there |= given if is_right else set()
        return is_right

    def _release(self) -> None:
        ready = [number for number, planned in self._waiting.items() if planned.needs <= self._there]
        while ready:
            number = min(ready)
            self._register(number, self._waiting.pop(number), "released")
            ready = [number for number, planned in self._waiting.items() if planned.needs <= self._there]


def _gives(planned: Planned) -> set[str]:
    """Return what is there once a fact is registered."""
    event = planned.event
    return {event.subject, *_names(planned)}


def _names(planned: Planned) -> set[str]:
    event = planned.event
    match event.data:
        case DirectiveIssued():
            return {f"issued {event.subject}"}
        case PlanSubmitted(stage="final"):
            return {f"final {event.subject}"}
        case _:
            return set()


def _precluded(planned: Planned) -> set[str]:
    """Return what must not be there before a fact."""
    event = planned.event
    return {f"final {event.subject}"} if isinstance(event.data, PlanSubmitted) else _names(planned)
