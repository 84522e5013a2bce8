"""The rules of the registry: what is registered, what waits, what is refused, and what a registered history means."""

from services.directives.domain.authority import INTERNAL_PUBLISHERS, judge_authority, judge_publisher, may_use, rights_of
from services.directives.domain.claiming import claims_of, units_of
from services.directives.domain.deciding import DECIDER, decide, evolve
from services.directives.domain.facts import Claim, Fact, FactData, Filing, NamedUnits, Past, References, Rights
from services.directives.domain.needs import is_met
from services.directives.domain.refusals import FactRefusedError, FactWaitsError, refused
from services.directives.domain.speaking import speaker_of
from services.directives.domain.state import Calendar, Conference, Directive, Extension, Index, Plan, Publisher, State, Task, Unit
from services.directives.domain.voiding import fold, names_of, void

__all__ = [
    "DECIDER",
    "INTERNAL_PUBLISHERS",
    "Calendar",
    "Claim",
    "Conference",
    "Directive",
    "Extension",
    "Fact",
    "FactData",
    "FactRefusedError",
    "FactWaitsError",
    "Filing",
    "Index",
    "NamedUnits",
    "Past",
    "Plan",
    "Publisher",
    "References",
    "Rights",
    "State",
    "Task",
    "Unit",
    "claims_of",
    "decide",
    "evolve",
    "fold",
    "is_met",
    "judge_authority",
    "judge_publisher",
    "may_use",
    "names_of",
    "refused",
    "rights_of",
    "speaker_of",
    "units_of",
    "void",
]
