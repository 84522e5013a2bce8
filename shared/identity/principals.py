"""Who asks: a person who is signed in, or a program with a key; what role it has, and which units' data it may see."""

from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, get_args
from uuid import UUID

from shared.errors import DondocError

PersonRole = Literal["operator", "issuer_office", "unit", "auditor", "administrator"]
"""What a person may be: the roles of an account."""

Role = Literal["operator", "issuer_office", "unit", "auditor", "administrator", "publisher", "service"]
"""Whoever asks: people, a publisher (by an API key of its own), and the installation's own key."""

PERSON_ROLES: Final[tuple[PersonRole, ...]] = get_args(PersonRole)
ROLES: Final[tuple[Role, ...]] = get_args(Role)
WITH_UNIT: Final[frozenset[str]] = frozenset({"issuer_office", "unit"})
"""Roles of people that belong to a unit and see what concerns it only."""


class Sight(NamedTuple):
    """Whose data may be seen: everybody's where `unit` is None; else what concerns the unit, and what it issued where `is_issuer`."""

    unit: UUID | None = None
    is_issuer: bool = False


EVERYTHING: Final = Sight()


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks; `name` is an account's name or a publisher's slug, `unit` the id of the unit that a person belongs to."""

    kind: Literal["account", "key"]
    name: str
    role: Role
    unit: UUID | None = None

    @property
    def actor(self) -> str:
        """Return how the audit log names it."""
        return f"{self.kind}:{self.name}"

    @property
    def sight(self) -> Sight:
        """Return whose data it may see; a role that belongs to a unit sees nothing where the unit is missing."""
        if self.role not in WITH_UNIT:
            return EVERYTHING
        return Sight(self.unit or UUID(int=0), self.role == "issuer_office")


class UnauthenticatedError(DondocError):
    """Nobody can tell who asks (401); `code` is stable, the detail says what is wrong with what was sent."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail


class ThrottledError(UnauthenticatedError):
    """There were too many wrong keys from this address (429); `seconds` is when another one is worth a try."""

    def __init__(self, detail: str, seconds: int) -> None:
        super().__init__("too-many-failures", detail)
        self.seconds = seconds
