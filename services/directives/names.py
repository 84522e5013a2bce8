"""Names that belong to one key only, in all partitions, while a turn judges: taken beforehand, settled afterwards."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import cast
from uuid import UUID

from services.directives.domain import INTERNAL_PUBLISHERS, Claim, may_use
from services.directives.inbox import Entry
from services.directives.repository import claim_names, pass_names, read_owners, release_names
from shared.contracts.registry import publisher_key
from shared.journal.unit_of_work import UnitOfWork

MAX_SOURCES = 50_000
"""How many sources a process remembers of each partition."""


class Names:
    """The names that the facts of a turn ask for; `owners` is what the rules are told."""

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._stored: dict[Claim, UUID] = {}
        self.owners: dict[Claim, UUID] = {}

    async def take(self, entries: Iterable[Entry]) -> None:
        """Take every name that the facts want, before it is known which of them will be registered."""
        wanted: dict[Claim, UUID] = {}
        for entry in entries:
            for claim in entry.claims:
                wanted.setdefault(claim, entry.fact.key)
        while wanted:  # again for a name that a void gave back after it was found taken, and before its owner was read
            won = await claim_names(self._work.connection, wanted)
            self._stored |= {claim: wanted[claim] for claim in won}
            taken = wanted.keys() - won
            self.owners |= await read_owners(self._work.connection, taken) if taken else {}
            wanted = {claim: wanted[claim] for claim in taken - self.owners.keys()}

    def give(self, claims: Iterable[Claim], key: UUID) -> None:
        """Give names to the key that registered something under them."""
        for claim in claims:
            self.owners[claim] = key

    def free(self, claims: Iterable[Claim], key: UUID) -> None:
        """Let names be taken again that a key held until now."""
        for claim in claims:
            self._stored.setdefault(claim, key)
            self.owners.pop(claim, None)

    async def settle(self) -> None:
        """Leave in the table what is owned now, and with its owner."""
        unused = [claim for claim in self._stored if claim not in self.owners]
        passed = {claim: self.owners[claim] for claim, key in self._stored.items() if self.owners.get(claim, key) != key}
        if unused:
            await release_names(self._work.connection, unused)
        if passed:
            await pass_names(self._work.connection, passed)


key_of = lru_cache(maxsize=10_000)(publisher_key)
"""Return the key of a publisher."""


async def read_sources(work: UnitOfWork, entries: Iterable[Entry]) -> Mapping[str, UUID]:
    """Return whom the sources of facts belong to: the first publisher that used one, whatever became of its fact.

    It is taken before source and id are, so that nobody can use up another publisher's ids. Internal publishers share theirs.
    """
    known = cast("dict[str, UUID]", work.memory.setdefault("sources", {}))
    if len(known) > MAX_SOURCES:
        known.clear()
    wanted: dict[Claim, UUID] = {}
    for entry in entries:
        source, publisher = entry.event.source, entry.fact.publisher
        if source not in known and publisher not in INTERNAL_PUBLISHERS and may_use(publisher, source):
            wanted.setdefault(Claim("source", source), key_of(publisher))
    if wanted:
        won = await claim_names(work.connection, wanted)
        owners = {claim: wanted[claim] for claim in won}
        if len(won) < len(wanted):
            owners.update(await read_owners(work.connection, wanted.keys() - won))
        known.update({claim.name: owner for claim, owner in owners.items()})
    return known
