"""What of a letter is published in a round: ids that make a second time harmless, and nothing that is corrected in silence."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Final, Literal

import msgspec
from msgspec.structs import replace

from services.directives.intake.drafting import Json, Sent
from services.directives.intake.sheet import FIELDS, TASK
from services.directives.receipts import Receipt
from shared.envelope import Event, encode
from shared.errors import RefusedError

ISSUED: Final = "vn.dondoc.directive-issued.v1"
ROUND: Final = "/round-"
"""What stands between a fact's id and the number of the round that says it again."""

Standing = Literal["not-judged-yet", "sent-already", "sent-and-waiting"]
REASONS: Final[Mapping[Standing, str]] = {
    "not-judged-yet": "is still under way and was changed",
    "sent-already": "is registered and was changed",
    "sent-and-waiting": "waits, will be registered as it was sent, and was changed",
}
TEXTS: Final[Mapping[Standing, str]] = {
    "not-judged-yet": "{named}: chưa có kết quả xem xét nên chưa sửa, bỏ hay đổi số được. Hãy để như đã gửi, hoặc đợi kết quả.",
    "sent-already": (
        "{named}: đã vào sổ nên không sửa, bỏ hay đổi số ở đây được. Hãy để lại như đã gửi rồi công bố; "
        "muốn thay đổi thì làm trên trang của chính văn bản hoặc nhiệm vụ đó."
    ),
    "sent-and-waiting": (
        "{named}: đã gửi và đang chờ, sẽ vào sổ đúng như đã gửi nên không sửa, bỏ hay đổi số ở đây được. "
        "Hãy để lại như đã gửi rồi công bố; muốn thay đổi thì làm trên trang của nhiệm vụ đó sau khi vào sổ."
    ),
}
LABELS: Final[Mapping[str, str]] = {
    **{name: label for name, (label, _) in (*FIELDS.items(), *TASK.items())},
    "deadlines": "Thời hạn", "plan_requires": "Yêu cầu đối với kế hoạch", "file": "Tệp",
}  # fmt: skip
"""What the members of facts are called, in the order in which they are told."""


def is_registered(receipt: Receipt) -> bool:
    """Tell whether a fact, or the one that it repeats, is in the register."""
    return receipt.version is not None


def name_fact(event: Json) -> str:
    """Return what a fact is of, for people: the document, or a task by its number."""
    return "Văn bản" if event["type"] == ISSUED else f"Nhiệm vụ {event['data']['number']}"


def next_round(events: Sequence[Event], sent: Sequence[Sent], judged: Mapping[str, Receipt], number: int) -> list[Sent]:
    """Return what to publish in a round: what stands or is under way stays, what was refused is said again under another id.

    The ids of a first round are those of the proposal, so that the same letter from elsewhere is recognised as the same. What waits
    under an issuer that was put right is said again too. Raises RefusedError where something is in the register under the other issuer
    or may still get there, and where something was changed that stands or is under way: it would stay as it was sent.
    """
    _require_same_issuer(events, sent, judged)
    _require_unchanged(events, sent, judged)
    by_name = {_plain(fact): fact for fact in sent}
    facts = []
    for event in events:
        before = by_name.get(event.id)
        if before is not None and _is_in_place(before, event) and not _is_refused(before, judged):
            facts.append(before)
        else:
            again = replace(event, id=f"{event.id}{ROUND}{number}") if before else event
            facts.append(Sent(msgspec.json.decode(encode(again))))
    return facts


def _is_refused(fact: Sent, judged: Mapping[str, Receipt]) -> bool:
    verdict = judged.get(fact.event["id"])
    return verdict is not None and verdict.refusal is not None


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


def _require_unchanged(events: Sequence[Event], sent: Sequence[Sent], judged: Mapping[str, Receipt]) -> None:
    changed: dict[Standing, list[str]] = {}
    for fact, what in _changes(events, sent):
        if not _is_refused(fact, judged):
            changed.setdefault(_standing(judged.get(fact.event["id"])), []).append(f"{name_fact(fact.event)} ({what})")
    for standing, reason in REASONS.items():
        if standing in changed:
            named = "; ".join(changed[standing])
            raise RefusedError(standing, f"something of the letter {reason}", TEXTS[standing].format(named=named))


def _changes(events: Sequence[Event], sent: Sequence[Sent]) -> Iterator[tuple[Sent, str]]:
    """Yield the facts that were sent of this directive and are now otherwise, with what of them is."""
    by_name = {event.id: event for event in events}
    for fact in sent:
        event = by_name.get(_plain(fact))
        if event is not None and _is_in_place(fact, event):
            data = msgspec.json.decode(encode(event))["data"]
            if data != fact.event["data"]:
                yield fact, _members(fact.event["data"], data)
        elif event is None and events and _is_in_place(fact, events[0]):
            yield fact, "bị bỏ hoặc đổi số"


def _members(before: Json, after: Json) -> str:
    names = {name for name in (*before, *after) if before.get(name) != after.get(name)}
    return ", ".join(label for name, label in LABELS.items() if name in names)


def _standing(verdict: Receipt | None) -> Standing:
    """Return how far a fact is; one without a receipt may have been sent all the same, so that it is under way."""
    if verdict is not None and is_registered(verdict):
        return "sent-already"
    return "sent-and-waiting" if verdict is not None and verdict.waits_for is not None else "not-judged-yet"


def _plain(fact: Sent) -> str:
    name: str = fact.event["id"]
    return name.partition(ROUND)[0]
