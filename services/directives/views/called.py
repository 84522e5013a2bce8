"""What units were called at an instant, from the facts registered by then."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.directives.domain.status import OFFICE_ZONE
from services.directives.domain.unit_history import UnitName, name_on, search_words
from services.directives.queries import QUERIES
from services.directives.views import models
from shared.contracts.codes import canonical_code
from shared.contracts.registry import UnitRegistered, UnitRenamed
from shared.envelope import decode
from shared.postgres import Connection


@dataclass(frozen=True, slots=True)
class Called:
    """Units by their names, and the words that they were found by; those that were not registered by then are left out."""

    names: Mapping[UUID, models.UnitRef]
    words: Mapping[UUID, str]


async def read_called(connection: Connection, units: Collection[UUID], at: datetime) -> Called:
    """Return what units were called on the day of an instant."""
    codes: dict[UUID, str] = {}
    names: dict[UUID, list[UnitName]] = {}
    for row in await connection.fetch(QUERIES["read_unit_facts"], units, at):
        data = decode(row["value"]).data
        if isinstance(data, UnitRegistered):
            codes[row["key"]] = data.code
        if isinstance(data, UnitRegistered | UnitRenamed):
            name = UnitName(row["version"], data.name, data.short_name, data.valid_from)
            names.setdefault(row["key"], []).append(name)
    day = at.astimezone(OFFICE_ZONE).date()
    called = {unit: name_on(names[unit], day) for unit in codes}
    return Called(
        {unit: _ref(unit, codes[unit], name) for unit, name in called.items()},
        {unit: search_words(code, names[unit]) for unit, code in codes.items()},
    )


def _ref(unit: UUID, code: str, name: UnitName) -> models.UnitRef:
    return models.UnitRef(id=unit, code=canonical_code(code), name=name.name, short_name=name.short_name)
