"""Check gold answers against their letters: `python tests/letters/check_gold.py LETTERS GOLD` prints what does not fit and exits with 1.

Each phrase, unit name and beginning of a task must occur in its letter once the text is NFC-composed and its whitespace made single.
"""

import re
import sys
import unicodedata
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Literal

import msgspec

from shared.contracts.types import Deliverable, DocumentType, SecurityMark, Urgency

MARK = r"(?:[IVX]{1,4}|[1-9]\d?|[A-Da-hđ])"
NUMBER = re.compile(rf"{MARK}(?:\.{MARK}){{0,3}}")
PLACE = re.compile(r"@\d+")
CODES = {
    "number-blank", "date-blank", "deadline-missing", "deadline-by-reference", "deadline-unreadable",
    "lead-several", "lead-collective", "lead-missing", "issuer-unclear", "several-documents", "state-secret",
}  # fmt: skip
LARGEST_NUMBER = 9999
YEARS = range(2012, 2027)


class Basis(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A document that the letter rests on."""

    number: str
    issued_on: date | None
    issuer: str | None


class Signer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who signed, as what, and in whose stead."""

    name: str
    position: str
    capacity: Literal["TM.", "KT.", "TL.", "TUQ.", "Q."] | None


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the letter says of itself."""

    document_type: DocumentType | None
    number: int | None
    symbol: str | None
    issuer: str | None
    subject: str | None
    place: str | None
    issued_on: date | None
    addressees: list[str]
    based_on: list[Basis]
    signer: Signer | None
    recipients: list[str]
    urgency: Urgency
    security: SecurityMark


class Deadline(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A deadline's words and the event that meets it."""

    phrase: str
    met_by: Literal["plan-submitted", "conference-scheduled", "conference-held", "report-submitted", "task-completed"]


class Task(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A duty that the letter gives to a unit."""

    number: str
    starts: str
    lead: list[str]
    coordinating: list[str]
    deliverable: Deliverable
    deadlines: list[Deadline]


class Gold(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The right answer for one letter."""

    document: Document
    tasks: list[Task]
    questions: list[str]


def plain(text: str) -> str:
    """Return the text NFC-composed, with each run of whitespace as one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def quotations(gold: Gold) -> Iterator[str]:
    """Yield what must occur in the letter as it is."""
    yield from (*gold.document.addressees, *gold.document.recipients, *(one.number for one in gold.document.based_on))
    yield from (one.issuer for one in gold.document.based_on if one.issuer)
    if gold.document.signer is not None:
        yield gold.document.signer.name
    for task in gold.tasks:
        yield from () if PLACE.fullmatch(task.starts) else (task.starts,)
        yield from (*task.lead, *task.coordinating, *(one.phrase for one in task.deadlines))


def implausible(gold: Gold) -> Iterator[str]:
    """Yield the numbers and dates that no office would write, and questions that the answer does not bear out."""
    numbers = [task.number for task in gold.tasks]
    yield from (f"task number {number!r}" for number in numbers if not NUMBER.fullmatch(number) or numbers.count(number) > 1)
    document = gold.document
    if document.number is not None and not 0 < document.number <= LARGEST_NUMBER:
        yield f"number {document.number}"
    if document.issued_on is not None and document.issued_on.year not in YEARS:
        yield f"issued on {document.issued_on}"
    if document.issued_on is not None:
        yield from (f"basis of {one.issued_on}" for one in document.based_on if one.issued_on and one.issued_on > document.issued_on)
    expected = {
        "deadline-missing": any(not task.deadlines for task in gold.tasks),
        "lead-missing": any(not task.lead for task in gold.tasks),
        "state-secret": document.security != "none",
    }
    yield from (f"question {code}" for code, due in expected.items() if due != (code in gold.questions))
    yield from (f"unknown question {code}" for code in gold.questions if code not in CODES)


def misplaced(gold: Gold, text: str) -> Iterator[str]:
    """Yield the places ("@N", the N-th code point) that are no beginning of a word, or not after the place before."""
    places = [int(task.starts[1:]) for task in gold.tasks if PLACE.fullmatch(task.starts)]
    yield from (f"place {place}" for place in places if not 0 < place < len(text) or text[place - 1] != " " or not text[place].isalpha())
    if places != sorted(set(places)):
        yield "places out of order"


def faults(letter: Path, answer: Path) -> list[str]:
    """Return what is wrong with one gold answer."""
    text = plain(letter.read_text(encoding="utf-8"))
    gold = msgspec.json.decode(answer.read_bytes(), type=Gold)
    absent = [f"not in the letter: {quotation!r}" for quotation in quotations(gold) if plain(quotation) not in text]
    return [*absent, *implausible(gold), *misplaced(gold, text)]


def main(letters: Path, gold: Path) -> int:
    """Print the faults of a folder's answers, each of which must have its letter; return the exit status."""
    found = [
        f"{answer.name}: {fault}" for answer in sorted(gold.glob("*.json")) for fault in faults(letters / f"{answer.stem}.txt", answer)
    ]
    found += [f"{letter.name}: no answer" for letter in sorted(letters.glob("*.txt")) if not (gold / f"{letter.stem}.json").exists()]
    sys.stdout.write("".join(f"{line}\n" for line in found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), Path(sys.argv[2])))
