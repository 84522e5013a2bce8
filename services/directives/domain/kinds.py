"""What kind of thing a key belongs to: it never changes."""

from collections.abc import Mapping

from services.directives.domain.facts import KeyFact
from services.directives.domain.refusals import refused
from services.directives.domain.state import Calendar, Directive, Index, Publisher, State, Unit
from shared.contracts.directives import DirectiveIssued
from shared.contracts.indexes import IndexPublished
from shared.contracts.registry import CalendarAmended, PublisherAuthorised, UnitRegistered, UnitRenamed, UnitSucceeded

KINDS: Mapping[type, type] = {
    DirectiveIssued: Directive,
    IndexPublished: Index,
    UnitRegistered: Unit,
    UnitRenamed: Unit,
    UnitSucceeded: Unit,
    PublisherAuthorised: Publisher,
    CalendarAmended: Calendar,
}
"""What the key of a fact is."""

NAMES: Mapping[type, tuple[str, str]] = {
    Directive: ("directive", "văn bản"),
    Index: ("index", "chỉ số"),
    Unit: ("unit", "đơn vị"),
    Publisher: ("publisher", "bên gửi"),
    Calendar: ("calendar", "lịch làm việc"),
}
"""What people call it, in English and in Vietnamese."""


def require_kind(state: State, data: KeyFact) -> None:
    """Raise FactRefusedError (`key-taken`) when the key already belongs to another kind of thing."""
    kind = KINDS.get(type(data))
    if state is not None and kind is not None and not isinstance(state, kind):
        english, vietnamese = NAMES[type(state)]
        raise refused("key-taken", "/subject", kind=english, kind_vi=vietnamese)
