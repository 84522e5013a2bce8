"""A letter's facts published: as the office, in order; and what became of each."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec.structs import replace

from services.directives.admission import Admitted, NotAdmittedError, Stamp, admit
from services.directives.delivery import InboxSender
from services.directives.intake.drafting import Json, Sent
from services.directives.receipts import Receipt, Receipts, name_of, place_of
from services.directives.registry import PUBLISHER

FINAL = frozenset({"registered", "refused"})


@dataclass(frozen=True)
class Sender:
    """Puts facts into the inbox and tells what became of them."""

    inbox: InboxSender
    receipts: Receipts
    partitions: int

    async def send(self, facts: Sequence[Sent], now: datetime) -> list[Sent]:
        """Put those into the inbox that have no receipt yet, in order, and return all with theirs.

        Raises NotAdmittedError before anything is sent where one of them is not a fact, UnavailableError without Kafka.
        """
        records = {number: self.admitted(fact.event, now) for number, fact in enumerate(facts) if fact.receipt is None}
        places = dict(zip(records, await self.inbox.send_all(list(records.values())), strict=True))
        self.receipts.note(list(places.values()), PUBLISHER)
        return [replace(fact, receipt=name_of(places[number])) if number in places else fact for number, fact in enumerate(facts)]

    def admitted(self, event: Json, now: datetime) -> Admitted:
        """Return a fact as a record for the inbox, checked as any other publisher's is; raises NotAdmittedError."""
        return admit(msgspec.json.encode(event), Stamp(now, PUBLISHER), self.partitions)

    async def judged(self, facts: Iterable[Sent]) -> dict[str, Receipt]:
        """Return what became of facts so far, by the ids of their events; of one that waits or is under way likewise."""
        places = {fact.event["id"]: place_of(fact.receipt, self.partitions) for fact in facts if fact.receipt}
        told = await self.receipts.read(list(places.values())) if places else {}
        return {name: told.get(place) or Receipt(name_of(place), "received") for name, place in places.items()}


def is_settled(receipt: Receipt) -> bool:
    """Tell whether a verdict is the last one: a fact that waits gets another."""
    return receipt.status in FINAL or (receipt.status == "duplicate" and receipt.waits_for is None)


def wrong_fields(error: NotAdmittedError) -> str:
    """Return what of a fact is wrong, for people."""
    return "; ".join(f"{field.pointer}: {field.problem}" for field in error.fields) or error.detail
