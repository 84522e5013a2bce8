"""Units: registered once, under a code that no other unit has; renamed and succeeded by others from a day on.

A unit that others succeed may still speak: which day it stops is a matter of its publishers' rights, and its tasks move only by facts
of their own.
"""

from datetime import date

from msgspec.structs import replace

from services.directives.domain.dates import shown
from services.directives.domain.facts import Claim, Fact, References, UnitFact
from services.directives.domain.naming import require_each_once
from services.directives.domain.refusals import refused
from services.directives.domain.state import State, Unit
from shared.contracts.codes import canonical_code, is_code
from shared.contracts.registry import UnitRegistered, UnitRenamed, UnitSucceeded


def judge(state: State, fact: Fact, said: UnitFact, references: References) -> None:
    """Raise FactRefusedError unless the fact about a unit may be registered."""
    if isinstance(said, UnitRegistered):
        _judge_registered(state, said, references)
        return
    unit = _require_unit(state, fact)
    if isinstance(said, UnitRenamed):
        _require_later(said.valid_from, unit.named_from)
    else:
        _judge_succeeded(unit, fact, said)


def _require_unit(state: State, fact: Fact) -> Unit:
    if isinstance(state, Unit):
        return state
    raise refused("unit-unknown", "/subject", unit=fact.key)


def _judge_registered(state: State, registered: UnitRegistered, references: References) -> None:
    if isinstance(state, Unit):
        raise refused("unit-already-registered", "/subject")
    if not is_code(registered.code):
        raise refused("unit-code-wrong", "/data/code", code=registered.code)
    for claim in claims(registered):
        if claim in references.owners:
            raise refused("unit-code-taken", "/data/code", code=registered.code)


def _require_later(day: date, earlier: date | None) -> None:
    if earlier is not None and day < earlier:
        raise refused("valid-from-too-early", "/data/valid_from", day=shown(day), earlier=shown(earlier))


def _judge_succeeded(unit: Unit, fact: Fact, succeeded: UnitSucceeded) -> None:
    _require_later(succeeded.valid_from, unit.valid_from)
    require_each_once(succeeded.successors, "/data/successors")
    for index, successor in enumerate(succeeded.successors):
        if successor == fact.key:
            raise refused("successor-is-itself", f"/data/successors/{index}")
        if successor in unit.successors:
            raise refused("successor-already-named", f"/data/successors/{index}", unit=successor)


def claims(registered: UnitRegistered) -> tuple[Claim, ...]:
    """Return the code that a unit takes, in the one form that both schemes have in common."""
    return (Claim("unit-code", canonical_code(registered.code)),)


def apply(state: State, fact: Fact, said: UnitFact) -> Unit:
    """Return the unit as it stands now."""
    if isinstance(said, UnitRegistered):
        return Unit(canonical_code(said.code), said.valid_from, said.valid_from)
    unit = _require_unit(state, fact)
    if isinstance(said, UnitRenamed):
        return replace(unit, named_from=said.valid_from)
    return replace(unit, successors=(*unit.successors, *said.successors))
