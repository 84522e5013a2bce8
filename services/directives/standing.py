"""What the door knows of publishers' rights: the registrar's table in memory, some seconds old at most.

Only what needs no state is judged here: whether a publisher is known, its time, the types of facts. For which units it speaks is the
registrar's to judge, which also judges all of this again.
"""

import asyncio
import contextlib
import logging
import time
from collections.abc import Callable, Iterable
from datetime import datetime

import msgspec

from services.directives.admission import Admitted, NotAdmittedError, WrongField
from services.directives.domain import INTERNAL_PUBLISHERS, FactRefusedError, Rights, judge_publisher, rights_of
from shared.contracts import name_of
from shared.contracts.registry import PublisherAuthorised
from shared.errors import UnavailableError
from shared.postgres import Pool, is_transient
from shared.sql import Queries

logger = logging.getLogger(__name__)

QUERIES = Queries("services.directives", "sql/registrar/door.sql")
REFRESH_SECONDS = 2.0
LOOK_SECONDS = 0.5
_decode = msgspec.json.Decoder(PublisherAuthorised).decode


class Standing:
    """The rights of all publishers, read anew every REFRESH_SECONDS; while the database is away the last known ones count."""

    def __init__(self, pool: Callable[[], Pool]) -> None:
        self._pool = pool
        self._rights: dict[str, Rights] | None = None
        self._looked_at = -LOOK_SECONDS

    async def run(self) -> None:
        """Keep the rights up to date until cancelled."""
        while True:
            try:
                await self.refresh()
            except Exception as error:
                if not is_transient(error):
                    raise
                logger.debug("rights of publishers: %s", error)
            await asyncio.sleep(REFRESH_SECONDS)

    async def refresh(self) -> None:
        """Read the rights of all publishers."""
        rows = await self._pool().fetch(QUERIES["read_all_publishers"])
        self._rights = {row["slug"]: rights_of(_decode(row["rights"])) for row in rows}

    async def look_again(self, publisher: str) -> None:
        """Read the rights anew for a publisher that has none, since the office may have authorised it just now."""
        now = time.monotonic()
        if publisher in INTERNAL_PUBLISHERS or publisher in (self._rights or ()) or now - self._looked_at < LOOK_SECONDS:
            return
        self._looked_at = now
        with contextlib.suppress(UnavailableError):
            await self.refresh()

    def require_any(self, publisher: str, at: datetime) -> None:
        """Raise NotAdmittedError unless a publisher may send something at an instant."""
        if publisher not in INTERNAL_PUBLISHERS:
            rights = self._known().get(publisher)
            self._judge(publisher, next(iter(rights.types), "") if rights else "", at, [""])

    def require(self, publisher: str, records: Iterable[Admitted], at: datetime, *, is_batch: bool) -> None:
        """Raise NotAdmittedError unless a publisher may send all of these facts at an instant, naming each that it may not."""
        if publisher in INTERNAL_PUBLISHERS:
            return
        pointers: dict[str, list[str]] = {}
        for index, record in enumerate(records):
            pointers.setdefault(name_of(record.type), []).append(f"/{index}/type" if is_batch else "/type")
        for name, places in pointers.items():
            self._judge(publisher, name, at, places)

    def _judge(self, publisher: str, name: str, at: datetime, places: Iterable[str]) -> None:
        try:
            judge_publisher(publisher, name, self._known(), at)
        except FactRefusedError as error:
            fields = [WrongField(place, error.reason) for place in places if place]
            raise NotAdmittedError(403, error.code, f"{error.reason}; nothing was written", fields) from error

    def _known(self) -> dict[str, Rights]:
        if self._rights is None:
            raise UnavailableError("the rights of publishers cannot be read: PostgreSQL is away")
        return self._rights
