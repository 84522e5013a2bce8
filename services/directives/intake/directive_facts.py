"""The fact that a directive was issued, out of the head of a letter."""

from typing import Any, Final
from uuid import UUID

from services.directives.intake.answers import FIELDS, LONGEST_LINE, LONGEST_TEXT
from services.directives.intake.drafts_of_facts import Draft, Making, cut
from services.directives.intake.findings import Cited, Found, Head, Letter
from services.directives.intake.questions import ask
from shared.contracts.directives import DirectiveIssued

MOST_BASES: Final = 100


def issuer_of(making: Making, head: Head) -> UUID | None:
    """Return the issuer, or ask who it is."""
    pointer = f"{FIELDS}/issuer"
    if head.issuer is None:
        making.ask_unless_answered(ask("issuer-unclear", pointer, is_required=True))
        return making.answers.unit(pointer)
    return making.unit(pointer, head.issuer, is_required=True)


def directive_of(making: Making, letter: Letter, directive: UUID) -> Draft:
    """Return the fact of the directive."""
    head = letter.head
    draft = Draft(f"{making.key}/directive", directive, DirectiveIssued)
    draft.put("key", making.key)
    draft.put("issuer", making.issuer, head.issuer.span if head.issuer else None)
    _texts(making, head, draft)
    _type(making, head, draft)
    _number_and_day(making, head, draft)
    _addressees(making, head, draft)
    _basis(head, draft)
    _signer(head, draft)
    draft.put("urgency", None if head.urgency.value == "normal" else head.urgency.value, head.urgency.span)
    draft.put("file", making.file)
    return draft


def ask_about_head(making: Making, letter: Letter) -> None:
    """Ask what the head leaves open."""
    head = letter.head
    if head.number is None:
        making.ask_unless_answered(ask("number-blank", f"{FIELDS}/number", head.number_at))
    if head.issued_on is None:
        making.ask_unless_answered(ask("date-blank", f"{FIELDS}/issued_on", head.date_at))
    if head.symbol is None:
        making.ask_unless_answered(ask("symbol-missing", f"{FIELDS}/symbol", is_required=True))
    if head.document_type is None:
        making.ask_unless_answered(ask("type-unclear", f"{FIELDS}/document_type", is_required=True))
    if head.subject is None:
        making.ask_unless_answered(ask("subject-missing", f"{FIELDS}/subject", is_required=True))
    if letter.holds_several:
        making.ask_unless_answered(ask("several-documents", "document", letter.holds_several))


def _texts(making: Making, head: Head, draft: Draft) -> None:
    for name, most in (("subject", LONGEST_TEXT), ("symbol", LONGEST_LINE), ("place", LONGEST_LINE)):
        found: Found[str] | None = getattr(head, name)
        answered = making.answers.text(f"{FIELDS}/{name}", most)
        if answered:
            draft.put(name, answered)
        elif found:
            draft.put(name, cut(found.value, most), found.span)


def _type(making: Making, head: Head, draft: Draft) -> None:
    answered = making.answers.document_type(f"{FIELDS}/document_type")
    found = head.document_type
    draft.put("document_type", answered or (found.value if found else None), found.span if found and not answered else None)


def _number_and_day(making: Making, head: Head, draft: Draft) -> None:
    """Put number and day of issue; a number counts with its day only (NĐ 30/2020/NĐ-CP, Điều 15: numbers are those of a year)."""
    answers = making.answers
    pointer = f"{FIELDS}/issued_on"
    day = answers.day(pointer) if answers.has(pointer) else head.issued_on.value if head.issued_on else None
    draft.put("issued_on", day, head.issued_on.span if head.issued_on and not answers.has(pointer) else None)
    pointer = f"{FIELDS}/number"
    number = answers.number(pointer) if answers.has(pointer) else head.number.value if head.number else None
    if day is not None and number:
        draft.put("number", number, head.number.span if head.number and not answers.has(pointer) else None)


def _addressees(making: Making, head: Head, draft: Draft) -> None:
    units: list[UUID] = []
    for index, found in enumerate(head.addressees):
        unit = making.unit(f"{FIELDS}/addressees/{index}", found, is_required=False)
        if unit is not None and unit not in units:
            draft.at(f"addressees/{len(units)}", found.span)
            units.append(unit)
    draft.put("addressees", units)


def _basis(head: Head, draft: Draft) -> None:
    draft.put("based_on", [_cited(each) for each in head.based_on[:MOST_BASES]])
    for index, each in enumerate(head.based_on[:MOST_BASES]):
        for name in ("title", "number", "issued_on", "issuer"):
            found: Found[Any] | None = getattr(each, name)
            draft.at(f"based_on/{index}/{name}", found.span if found else None)


def _cited(cited: Cited) -> dict[str, Any]:
    members = {
        "title": cut(cited.title.value, LONGEST_LINE),
        "number": cited.number.value,
        "issued_on": cited.issued_on.value if cited.issued_on else None,
        "issuer": cited.issuer.value if cited.issuer else None,
    }
    return {name: value for name, value in members.items() if value is not None}


def _signer(head: Head, draft: Draft) -> None:
    signer = head.signer
    if signer is None or signer.position is None:
        return
    members = {"name": signer.name, "position": signer.position, "capacity": signer.capacity}
    draft.put("signer", {name: found.value for name, found in members.items() if found})
    for name, found in members.items():
        draft.at(f"signer/{name}", found.span if found else None)
