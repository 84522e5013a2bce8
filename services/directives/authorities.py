"""Publishers' rights, as the registrar knows them while it judges."""

from collections.abc import Iterable, Mapping
from typing import cast

from services.directives.domain import INTERNAL_PUBLISHERS, Rights, rights_of
from services.directives.repository import Authorised, read_publishers, write_publishers
from shared.contracts.registry import PublisherAuthorised
from shared.journal.unit_of_work import UnitOfWork

TOPIC = "publishers.{publisher}.verdicts.v1"


class Authorities:
    """Rights by publisher, remembered from turn to turn and compared with the table in each.

    A revocation that another partition committed counts for every fact that is judged in a turn which begins after that commit: a turn
    asks the table once, after it has its partition's lock, for the publishers of its facts whose version is another one than it knows.
    Only a turn that was under way while the revocation was committed still judges by the rights that it read, and it ends within
    seconds (`transaction_timeout`).
    """

    def __init__(self, work: UnitOfWork) -> None:
        self._work = work
        self._versions = cast("dict[str, int]", work.memory.setdefault("publisher versions", {}))
        self._rights = cast("dict[str, Rights]", work.memory.setdefault("publishers", {}))
        self._said: dict[str, tuple[int, PublisherAuthorised]] = {}

    @property
    def rights(self) -> Mapping[str, Rights]:
        """Return what the rules are told."""
        return self._rights

    async def ask(self, publishers: Iterable[str | None]) -> None:
        """Learn the newest rights of publishers; the internal ones have none, since they need none."""
        asked = {each: self._versions.get(each, 0) for each in publishers if each is not None and each not in INTERNAL_PUBLISHERS}
        if asked:
            for publisher, found in (await read_publishers(self._work.connection, asked)).items():
                self._know(publisher, found)

    def _know(self, publisher: str, authorised: Authorised) -> None:
        self._versions[publisher] = authorised.version
        self._rights[publisher] = authorised.rights

    def authorise(self, said: PublisherAuthorised, version: int) -> None:
        """Replace a publisher's rights, from the next fact on."""
        self._said[said.publisher] = (version, said)
        self._know(said.publisher, Authorised(version, rights_of(said)))

    def topic_of(self, publisher: str | None) -> str | None:
        """Return the topic of a publisher's own verdicts, None where it has none."""
        rights = self._rights.get(publisher) if publisher is not None else None
        return TOPIC.format(publisher=publisher) if rights is not None and rights.has_topic else None

    async def save(self) -> None:
        """Store the rights that the turn's facts gave."""
        if self._said:
            await write_publishers(self._work.connection, self._said)
