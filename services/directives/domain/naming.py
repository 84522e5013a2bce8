"""Small rules about naming things once, and naming them so that equal names are seen as equal."""

from collections.abc import Hashable, Iterable
from unicodedata import normalize
from uuid import UUID

from services.directives.domain.facts import Claim, NamedUnit, References
from services.directives.domain.refusals import refused


def plain(name: str) -> str:
    """Return a name in the form in which names are compared: composed letters, one case, single spaces."""
    return " ".join(normalize("NFC", name).casefold().split())


def require_each_once(names: Iterable[Hashable], pointer: str) -> None:
    """Raise FactRefusedError (`named-twice`) when a list names something more than once."""
    seen: set[Hashable] = set()
    for index, name in enumerate(names):
        if name in seen:
            raise refused("named-twice", f"{pointer}/{index}", name=name)
        seen.add(name)


def require_free(claim: Claim, references: References) -> None:
    """Raise FactRefusedError (`id-taken`) when an id that this key does not know belongs to some key already."""
    if claim in references.owners:
        raise refused("id-taken", "/subject")


def list_units(pointer: str, units: Iterable[UUID]) -> list[NamedUnit]:
    """Return the units of a list, each with its place in it."""
    return [NamedUnit(f"{pointer}/{index}", unit) for index, unit in enumerate(units)]
