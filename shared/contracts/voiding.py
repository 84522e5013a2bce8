"""The fact that takes another one out of count."""

from typing import ClassVar

from shared.contracts.types import Contract, Ordinal, Text


class FactVoided(Contract, frozen=True, kw_only=True):
    """A version of this key was registered by mistake: it stays in the journal and counts no more. The event's subject is the key."""

    NAME: ClassVar[str] = "fact-voided"
    version: Ordinal
    reason: Text
