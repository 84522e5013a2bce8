"""The contracts: one type for each fact and event; a published type only ever gains optional fields."""

from shared.contracts.catalogue import EVENTS, FACTS, OWN_KEY, TYPES, name_of, type_of
from shared.contracts.types import Contract

__all__ = ["EVENTS", "FACTS", "OWN_KEY", "TYPES", "Contract", "name_of", "type_of"]
