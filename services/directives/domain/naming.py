"""Small rules about naming things once, and naming them so that equal names are seen as equal."""

from collections.abc import Hashable, Iterable
from functools import lru_cache
from unicodedata import normalize

from services.directives.domain.facts import Claim, NamedUnits, References
from services.directives.domain.refusals import refused

MAX_NAMES = 16_384
"""How many names a process remembers in their plain form: deadlines and symbols are mostly named alike."""


@lru_cache(maxsize=MAX_NAMES)
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


def require_registered(named: NamedUnits, references: References) -> None:
    """Raise FactRefusedError (`unit-unknown`) when one of the units that a fact names is not registered."""
    for index, unit in enumerate(named.units):
        if unit not in references.units:
            raise refused("unit-unknown", f"{named.pointer}/{index}" if named.is_list else named.pointer, unit=unit)
