"""The registry's facts into units, their names over time and their successors."""

from collections.abc import Iterable, Iterator

from services.directives.domain.board import Fact
from services.directives.domain.words import words_of
from services.directives.projections.writing import Row, append, write
from shared.contracts.codes import canonical_code
from shared.contracts.registry import UnitRegistered, UnitRenamed, UnitSucceeded
from shared.postgres import Connection

NAME_COLUMNS = ("unit", "version", "name", "short_name", "valid_from", "document", "registered_at")
SUCCESSOR_COLUMNS = ("unit", "version", "successor", "valid_from", "document", "registered_at")

_OF_UNITS = frozenset({UnitRegistered, UnitRenamed, UnitSucceeded})


async def write_units(connection: Connection, facts: Iterable[Fact]) -> None:
    """Write what some facts say of units; other facts are passed over."""
    of_units = [fact for fact in facts if type(fact.data) in _OF_UNITS]
    if not of_units:
        return
    await write(connection, "write_units", [_unit_row(fact, fact.data) for fact in of_units if isinstance(fact.data, UnitRegistered)])
    await append(connection, "unit_name", NAME_COLUMNS, list(_names(of_units)))
    await append(connection, "unit_successor", SUCCESSOR_COLUMNS, list(_successors(of_units)))
    await write(connection, "reword_units", _words(of_units))


def _unit_row(fact: Fact, data: UnitRegistered) -> Row:
    words = words_of((data.code, canonical_code(data.code), data.name, data.short_name))
    return (fact.key, canonical_code(data.code), data.parent, data.valid_from, fact.registered_at, words)


def _names(facts: Iterable[Fact]) -> Iterator[Row]:
    for fact in facts:
        if isinstance(fact.data, UnitRegistered):
            yield (fact.key, fact.version, fact.data.name, fact.data.short_name, fact.data.valid_from, None, fact.registered_at)
        elif isinstance(fact.data, UnitRenamed):
            data = fact.data
            yield (fact.key, fact.version, data.name, data.short_name, data.valid_from, data.document, fact.registered_at)


def _successors(facts: Iterable[Fact]) -> Iterator[Row]:
    for fact in facts:
        if isinstance(fact.data, UnitSucceeded):
            for successor in fact.data.successors:
                yield (fact.key, fact.version, successor, fact.data.valid_from, fact.data.document, fact.registered_at)


def _words(facts: Iterable[Fact]) -> list[Row]:
    """Return the words of new names, those of one unit together, since one statement changes a row once."""
    renamed: dict[object, list[str | None]] = {}
    for fact in facts:
        if isinstance(fact.data, UnitRenamed):
            renamed.setdefault(fact.key, []).extend((fact.data.name, fact.data.short_name))
    return [(unit, words_of(texts)) for unit, texts in renamed.items()]
