"""Units: registered once, under a code that no other unit has."""

from services.directives.domain.facts import Claim, Fact, NamedUnits, References
from services.directives.domain.refusals import refused
from services.directives.domain.state import Directive, State, Unit
from shared.contracts.registry import UnitRegistered


def judge(state: State, fact: Fact, registered: UnitRegistered, references: References) -> None:
    """Raise FactRefusedError unless the unit may be registered."""
    if isinstance(state, Unit):
        raise refused("unit-already-registered", "/subject")
    if isinstance(state, Directive):
        raise refused("key-taken", "/subject", kind="directive", kind_vi="văn bản")
    if fact.subject != fact.key:
        raise refused("key-mismatch", "/subject", "/partitionkey")
    for claim in claims(registered):
        if claim in references.owners:
            raise refused("unit-code-taken", "/data/code", code=registered.code)


def claims(registered: UnitRegistered) -> tuple[Claim, ...]:
    """Return the code that a unit takes."""
    return (Claim("unit-code", registered.code),)


def units(registered: UnitRegistered) -> tuple[NamedUnits, ...]:
    """Return the parent of a unit."""
    return () if registered.parent is None else (NamedUnits("/data/parent", (registered.parent,)),)


def apply(registered: UnitRegistered) -> Unit:
    """Return the unit as registered."""
    return Unit(code=registered.code)
