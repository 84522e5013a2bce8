"""Letters for tests of the intake: files in place, the registry of a town, and judging proposed facts as the office would."""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec

from services.directives.admission import Stamp, admit
from services.directives.domain import Fact
from services.directives.intake.matching import Entry, Matching, Registry, unregistered
from services.directives.intake.proposal import Proposal, propose
from services.directives.intake.unit_lists import entries_of
from shared.contracts.registry import unit_key
from shared.contracts.types import File
from shared.envelope import decode
from tests.support import scenario

ROOT = Path(__file__).resolve().parents[2]
SEED = ROOT.parent / "shared/letters/seed.txt"
DEV = ROOT / "tests/letters/dev"
LETTERS = sorted(DEV.glob("*.txt"))
RECEIVED_AT = datetime(2026, 11, 24, 2, 0, tzinfo=UTC)
COMMITTEE, HOME_AFFAIRS, OFFICE = map(unit_key, ("H10.21", "H10.21.3", "H10.21.1"))
UNITS = """code,name,short_name,parent_code
H10.21,Ủy ban nhân dân thị xã Phước Long,UBND thị xã,
H10.21.3,"Phòng Nội vụ - Lao động, Thương binh và Xã hội thị xã Phước Long",Phòng Nội vụ - LĐTB&XH,H10.21
H10.21.1,Văn phòng Cấp ủy - HĐND và UBND thị xã Phước Long,Văn phòng Cấp uỷ - HĐND và UBND,H10.21
H10.21.31,Ủy ban nhân dân phường Thác Mơ,UBND phường Thác Mơ,H10.21
"""


def town() -> Registry:
    """Return the units of Phước Long as they are registered."""
    return Registry(entries_of(UNITS.encode()))


def registry_of(names: Iterable[str]) -> Registry:
    """Return a registry in which each of these names is a unit of its own."""
    return Registry(Entry(UUID(hashlib.md5(name.encode(), usedforsecurity=False).hexdigest()), name) for name in dict.fromkeys(names))


def file_of(text: str, name: str = "thu.txt") -> File:
    """Return what names a text as a file."""
    content = text.encode("utf-8", "surrogatepass")
    return File(sha256=hashlib.sha256(content).hexdigest(), name=name, media_type="text/plain", size=len(content))


def proposal(text: str, answers: Mapping[str, Any] | None = None, match: Matching = unregistered) -> Proposal:
    """Return what a letter comes to."""
    return propose(text, file_of(text), answers, match)


def dev(name: str) -> str:
    """Return the text of one of the letters that the rules were written on, by the beginning of its name."""
    (path,) = DEV.glob(f"{name}*.txt")
    return path.read_bytes().decode()


QUOTED = (
    "content", "lead", "coordinating", "phrase", "subject", "symbol", "place", "addressees", "recipients", "title", "issuer", "name",
    "position",
)  # fmt: skip
"""Members of the document that are read as written."""


def quotations(node: Any, name: str = "") -> list[dict[str, Any]]:
    """Return all `{value, span}` that quote the text: not what is only told by it, such as a type, a day, or what a deadline is called."""
    if isinstance(node, dict) and set(node) == {"value", "span"}:
        return [node] if name in QUOTED else []
    if isinstance(node, dict):
        left_out = {"deadlines": ("name",)}.get(name, ()) if "met_by" in node else ()
        return [leaf for key, child in node.items() if key not in left_out for leaf in quotations(child, key)]
    return [leaf for child in node for leaf in quotations(child, name)] if isinstance(node, list) else []


def leaves(node: Any) -> list[dict[str, Any]]:
    """Return all `{value, span}` below a node."""
    if isinstance(node, dict):
        if set(node) == {"value", "span"}:
            return [node]
        return [leaf for child in node.values() for leaf in leaves(child)]
    return [leaf for child in node for leaf in leaves(child)] if isinstance(node, list) else []


def register(events: Iterable[Mapping[str, Any]], units: Iterable[UUID]) -> scenario.Registry:
    """Admit events as the ingress does and register them as the registrar does; raises where one is turned away or refused."""
    office = scenario.Registry(units=set(units))
    for event in events:
        record = admit(msgspec.json.encode(event), Stamp(RECEIVED_AT, "office"), 4)
        told = decode(record.value)
        office.judge(Fact(UUID(told.partitionkey), UUID(told.subject), RECEIVED_AT, told.data, "office"))
    return office
