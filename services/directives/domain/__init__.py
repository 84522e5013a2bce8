"""The rules of the registry: what is registered, what is refused, and what a registered history means."""

from services.directives.domain.deciding import DECIDER, Filing, claims_of, decide, evolve, units_of
from services.directives.domain.facts import Claim, Fact, FactData, References
from services.directives.domain.refusals import FactRefusedError, refused
from services.directives.domain.state import Conference, Directive, Plan, State, Task, Unit

__all__ = [
    "DECIDER",
    "Claim",
    "Conference",
    "Directive",
    "Fact",
    "FactData",
    "FactRefusedError",
    "Filing",
    "Plan",
    "References",
    "State",
    "Task",
    "Unit",
    "claims_of",
    "decide",
    "evolve",
    "refused",
    "units_of",
]
