"""Facts of the family registry."""

from datetime import date
from typing import ClassVar

from shared.contracts.types import Contract, Line, UnitCode, UnitId


class UnitRegistered(Contract, frozen=True, kw_only=True):
    """A unit of the administration entered the registry; the event's subject and partition key are the unit's id."""

    NAME: ClassVar[str] = "unit-registered"
    code: UnitCode
    name: Line
    short_name: Line | None = None
    parent: UnitId | None = None
    valid_from: date | None = None
