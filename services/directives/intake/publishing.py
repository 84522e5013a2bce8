"""A letter's facts published: as the office, in order, with ids that make a second time harmless; and what became of each."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from msgspec.structs import replace

from services.directives.admission import Admitted, NotAdmittedError, Stamp, admit
from services.directives.delivery import InboxSender
from services.directives.intake.drafting import Json, Sent
from services.directives.receipts import Receipt, Receipts, name_of, place_of
from services.directives.registry import PUBLISHER
from shared.envelope import Event, encode
from shared.errors import RefusedError

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


def is_registered(receipt: Receipt) -> bool:
    """Tell whether a fact, or the one that it repeats, is in the register."""
    return receipt.version is not None


def next_round(
    events: Iterable[Event], sent: Sequence[Sent], judged: Mapping[str, Receipt], number: int
) -> list[Sent]:  # fmt: skip
    """Return what to publish in a round: what stands or is under way stays, what was refused is said again under another id.

    The ids of a first round are those of the proposal, so that the same letter from elsewhere is recognised as the same. What waits
    under an issuer that was put right is said again too; raises RefusedError where something is in the register under the other issuer
    or may still get there.
    """
    events = list(events)
    _require_same_issuer(events, sent, judged)
    by_name = {_plain(fact.event["id"]): fact for fact in sent}
    facts = []
    for event in events:
        before = by_name.get(event.id)
        verdict = judged.get(before.event["id"]) if before else None
        if before is not None and (verdict is None or verdict.refusal is None) and _is_in_place(before, event):
            facts.append(before)
        else:
            again = replace(event, id=f"{event.id}{ROUND}{number}") if before else event
            facts.append(Sent(msgspec.json.decode(encode(again))))
    return facts


def _is_in_place(fact: Sent, event: Event) -> bool:
    """Tell whether a fact was sent of the directive that the letter is now, whose id comes from its issuer."""
    return bool(fact.event["partitionkey"] == event.partitionkey)


def _require_same_issuer(events: Sequence[Event], sent: Sequence[Sent], judged: Mapping[str, Receipt]) -> None:
    elsewhere = [fact for fact in sent if events and not _is_in_place(fact, events[0])]
    verdicts = [judged.get(fact.event["id"]) for fact in elsewhere]
    if any(verdict is not None and is_registered(verdict) for verdict in verdicts):
        raise RefusedError(
            "issuer-registered", "something of the letter is registered under another issuer",
            "Một phần của văn bản đã vào sổ với cơ quan ban hành trước đó nên không đổi được cơ quan ban hành ở đây.",
        )  # fmt: skip
    if any(verdict is not None and verdict.status == "received" for verdict in verdicts):
        raise RefusedError(
            "not-judged-yet", "something of the letter is still under way under another issuer",
            "Một phần của văn bản đang được xem xét với cơ quan ban hành trước đó. Hãy đợi kết quả rồi công bố lại.",
        )  # fmt: skip


ROUND = "/round-"
"""What stands between a fact's id and the number of the round that says it again."""


def _plain(name: str) -> str:
    return name.partition(ROUND)[0]


def wrong_fields(error: NotAdmittedError) -> str:
    """Return what of a fact is wrong, for people."""
    return "; ".join(f"{field.pointer}: {field.problem}" for field in error.fields) or error.detail
