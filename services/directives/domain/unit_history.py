"""A unit over time: its names with their validity, and the units that took its place.

A name holds from its day on, the first one also before that, since a unit that is spoken of was called something. Of two names that begin
on one day the one registered last counts.
"""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.directives.domain.words import words_of
from shared.contracts.codes import canonical_code


class UnitName(NamedTuple):
    """What a unit is called from a day on; `version` is that of the fact that said so, 1 of the first name."""

    version: int
    name: str
    short_name: str | None = None
    valid_from: date | None = None
    document: str | None = None


class Succession(NamedTuple):
    """Another unit took this one's place from a day on."""

    successor: UUID
    valid_from: date
    document: str | None = None


def name_on(names: Iterable[UnitName], day: date) -> UnitName:
    """Return what a unit is called on a day; `names` holds at least its first one."""

    def rank(each: UnitName) -> tuple[date, int]:
        return (date.min if each.version == 1 or each.valid_from is None else each.valid_from, each.version)

    return max((each for each in names if rank(each)[0] <= day), key=rank)


def search_words(code: str, names: Iterable[UnitName]) -> str:
    """Return the words that a unit is found by: its code, as given and in its one form, and every name that it ever had."""
    return words_of((code, canonical_code(code), *(text for each in names for text in (each.name, each.short_name))))
