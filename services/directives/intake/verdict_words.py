"""What became of a letter's facts, in words for the page."""

from collections.abc import Mapping, Sequence
from typing import Final

import msgspec

from services.directives.intake.drafting import Sent
from services.directives.intake.publishing import is_settled
from services.directives.intake.rounds import ISSUED, name_fact
from services.directives.receipts import Receipt

NEEDS: Final[Mapping[str, str]] = {"directive": "văn bản", "task": "nhiệm vụ"}


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A fact and its verdict: what it is, what was said, why; `tone` is good, bad or soon."""

    what: str
    said: str
    tone: str
    why: str = ""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of all facts of a letter; `directive` is its id once it is registered."""

    verdicts: list[Told]
    is_settled: bool
    is_unsent: bool
    is_refused: bool
    directive: str


def tell(facts: Sequence[Sent], judged: Mapping[str, Receipt]) -> Outcome:
    """Return the verdicts of facts in their order."""
    known = [(fact, judged.get(fact.event["id"])) for fact in facts]
    return Outcome(
        verdicts=[Told(what=name_fact(fact.event), **_said(receipt)) for fact, receipt in known],
        is_settled=all(receipt is None or is_settled(receipt) or receipt.status == "waiting" for _, receipt in known),
        is_unsent=any(receipt is None for _, receipt in known),
        is_refused=any(receipt is not None and receipt.refusal is not None for _, receipt in known),
        directive=next((fact.event["subject"] for fact, receipt in known if _is_registered_directive(fact, receipt)), ""),
    )


def _is_registered_directive(fact: Sent, receipt: Receipt | None) -> bool:
    return fact.event["type"] == ISSUED and receipt is not None and receipt.version is not None


def _said(receipt: Receipt | None) -> dict[str, str]:
    if receipt is None:
        return {"said": "Chưa gửi", "tone": "soon"}
    if receipt.refusal is not None:
        return {"said": "Bị từ chối", "tone": "bad", "why": receipt.refusal.reason_vi}
    if receipt.waits_for is not None:
        need = receipt.waits_for
        return {"said": "Đang chờ", "tone": "soon", "why": f"chờ {NEEDS.get(need.kind, need.kind)} được vào sổ"}
    if receipt.status == "received":
        return {"said": "Đang xem xét", "tone": "soon"}
    return {
        "said": "Đã có trong sổ" if receipt.status == "duplicate" else "Đã vào sổ",
        "tone": "good",
        "why": f"phiên bản {receipt.version}",
    }
