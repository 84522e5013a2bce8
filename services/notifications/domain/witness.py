"""Facts seen one after another: each with the directive's roll before it and after it, whatever batch it came in."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from services.notifications.domain.happenings import Happening
from services.notifications.domain.roll import Entry, Roll, evolve, fold, standing
from shared.contracts.indexes import IndexPublished
from shared.contracts.registry import CalendarAmended, PublisherAuthorised, UnitRegistered, UnitRenamed, UnitSucceeded
from shared.contracts.types import DirectiveId
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceCancelled

OF_OTHERS = (UnitRegistered, UnitRenamed, UnitSucceeded, PublisherAuthorised, CalendarAmended, IndexPublished)
"""Facts of keys that are no directives."""


@dataclass(frozen=True, slots=True)
class Read:
    """An event as it was read: what happened, its version and its bytes."""

    happening: Happening
    version: int | None
    value: bytes


class Witness:
    """The rolls of some directives, as facts change them; `histories` holds the facts of those in which one is voided."""

    def __init__(self, rolls: Mapping[DirectiveId, Roll], histories: Mapping[DirectiveId, list[Entry]]) -> None:
        self.rolls = dict(rolls)
        self.changed: dict[DirectiveId, Roll] = {}
        self.kept: list[tuple[DirectiveId, int, bytes]] = []
        self._histories = histories

    def see(self, read: Read) -> Happening:
        """Take a fact, and return it with the rolls around it."""
        happening, data = read.happening, read.happening.data
        if isinstance(data, OF_OTHERS):
            return happening
        before = self.rolls.get(happening.directive)
        self._keep(read)
        after = self._after(before or Roll(), happening)
        if after is not before and (before is not None or after != Roll()):
            self.rolls[happening.directive] = self.changed[happening.directive] = after
        seen = replace(happening, before=before or after, after=after)
        return self._without(seen, happening.data.version) if isinstance(happening.data, FactVoided) else seen

    def _keep(self, read: Read) -> None:
        if read.version is None:
            return
        happening = read.happening
        self.kept.append((happening.directive, read.version, read.value))
        history = self._histories.get(happening.directive)
        if history is not None and (not history or history[-1].version < read.version):
            history.append(Entry(read.version, happening.identity, UUID(happening.subject), happening.data))

    def _after(self, before: Roll, happening: Happening) -> Roll:
        if isinstance(happening.data, FactVoided):
            return fold(self._histories.get(happening.directive, ()))
        return evolve(before, UUID(happening.subject), happening.data)

    def _without(self, happening: Happening, version: int) -> Happening:
        """Return a fact-voided together with what it takes out of count."""
        history = self._histories.get(happening.directive, ())
        voided = next((entry for entry in history if entry.version == version), None)
        if voided is None:
            return happening
        is_off = any(isinstance(entry.data, ConferenceCancelled) and entry.subject == voided.subject for entry in standing(history))
        return replace(happening, voided=voided.identity, voided_subject=voided.subject, is_off=is_off)
