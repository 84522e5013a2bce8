"""What happened, and what the rules may look up."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from services.notifications.domain.roll import Roll
from shared.contracts import Contract
from shared.contracts.deadlines import DeadlineMet
from shared.contracts.notifications import NoticeRule
from shared.contracts.types import DirectiveId, UnitId

Identity = tuple[str, str]
"""Source and id of an event (CloudEvents 1.0, section "id": only together they are its own)."""


@dataclass(frozen=True, slots=True)
class Happening:
    """An event that may call for notices; (`source`, `id`) is its identity, `cause` the place of its record, `version` that of a fact.

    `before` and `after` are the directive's roll around a fact. Of a fact-voided, `voided` is the identity of the event that it takes out
    of count, `voided_subject` what that was about; `is_off` tells that this is a conference which stays cancelled.
    """

    source: str
    id: str
    subject: str
    key: str
    at: datetime
    cause: str
    data: Contract
    before: Roll = field(default_factory=Roll)
    after: Roll = field(default_factory=Roll)
    voided: Identity | None = None
    voided_subject: UUID | None = None
    is_off: bool = False
    version: int = 0

    @property
    def directive(self) -> DirectiveId:
        """Return the directive that the event belongs to."""
        return UUID(self.key)

    @property
    def identity(self) -> Identity:
        """Return what tells the event from all others; an id alone may be that of another source's event, too."""
        return self.source, self.id

    @property
    def corrected(self) -> Identity | None:
        """Return the event that this one corrects or takes out of count."""
        if isinstance(self.data, DeadlineMet):
            return (self.source, self.data.corrects) if self.data.corrects else None
        return self.voided


class Told(NamedTuple):
    """A notice that a unit was sent, and the rule that called for it."""

    notice: UUID
    title: str
    rule: NoticeRule


Place = tuple[DirectiveId, Identity]
"""An event of a directive."""

Tellings = Mapping[Place, Mapping[UnitId, Told]]
"""Who was told of which event of which directive."""


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What the rules may look up: the newest rolls of directives, and who was told of what."""

    rolls: Mapping[DirectiveId, Roll] = field(default_factory=dict)
    told: Tellings = field(default_factory=dict)

    def roll(self, directive: DirectiveId) -> Roll:
        """Return a directive's roll, an empty one where nothing is known of it."""
        return self.rolls.get(directive) or Roll()

    def told_before(self, happening: Happening) -> Mapping[UnitId, Told]:
        """Return who was told of the event that another one corrects or takes out of count."""
        return self.told.get((happening.directive, happening.corrected), {}) if happening.corrected else {}
