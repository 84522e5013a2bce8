"""What is answered where a letter is silent: as the story says, else by a rule that the output names; never silently."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from uuid import UUID

import msgspec

from deploy.demo import texts
from deploy.demo.story import Answers
from services.directives.intake.matching import canonical
from services.directives.intake.proposal import Proposal
from services.directives.intake.questions import Question

Json = dict[str, Any]
Book = Mapping[str, UUID]
"""The units that are registered, by their names in the form in which names are compared."""


Value = str | int | list[str] | None
"""What is answered; None leaves out what was asked about."""


class Answer(msgspec.Struct, frozen=True):
    """An answer to a question: its value (None: left out), or nothing where it stays open, and how that is said."""

    question: Question
    said: str
    value: Value = None
    is_given: bool = True


def at(document: Json, pointer: str) -> Any:  # noqa: ANN401  JSON of whatever shape
    """Return what a pointer into a reading names, None where there is nothing."""
    found: Any = {"document": document}
    for step in pointer.strip("/").split("/"):
        if isinstance(found, list):
            found = found[int(step)] if step.isdigit() and int(step) < len(found) else None
        else:
            found = found.get(step) if isinstance(found, dict) else None
    return found


def answer(question: Question, proposal: Proposal, given: Answers, book: Book) -> Answer:
    """Return what is answered to a question."""
    document = msgspec.to_builtins(proposal.document)
    return _RULES.get(question.code, _stays_open)(question, document, given, book)


def _number(question: Question, _document: Json, given: Answers, _book: Book) -> Answer:
    if given.number is None:
        return Answer(question, "để trống: văn bản chưa có số")
    return Answer(question, str(given.number), given.number)


def _day(question: Question, document: Json, given: Answers, _book: Book) -> Answer:
    if given.issued_on is not None:
        return Answer(question, texts.day(given.issued_on), given.issued_on.isoformat())
    day, why = default_day(document)
    return Answer(question, f"{texts.day(day)} ({why})", day.isoformat())


def default_day(document: Json) -> tuple[date, str]:
    """Return the day that a letter without one is taken to be of, and why."""
    days = [each["issued_on"]["value"] for each in document["fields"].get("based_on") or () if each.get("issued_on")]
    if days:
        return max(date.fromisoformat(day) for day in days), "ngày của căn cứ mới nhất"
    years = [int(year) for year in re.findall(r"(?<!\d)(?:19|20)\d\d(?!\d)", document["text"])]
    return (date(max(years), 1, 1), "ngày đầu năm mới nhất mà văn bản nhắc tới") if years else (date(2021, 1, 1), "ngày quy ước")


def _deadline(question: Question, document: Json, given: Answers, _book: Book) -> Answer:
    number = at(document, question.about.removesuffix("/deadlines"))["number"]["value"]
    phrase = given.deadlines.get(number)
    return Answer(question, f"“{phrase}”", [phrase]) if phrase else Answer(question, "không hạn, cho đến khi có người làm rõ")


def _unit(question: Question, document: Json, _given: Answers, book: Book) -> Answer:
    name = at(document, question.about)["value"]
    return Answer(question, f"đơn vị mới trong sổ: {name}", str(book[canonical(name)]))


def _lead(question: Question, document: Json, _given: Answers, book: Book) -> Answer:
    """Answer who leads: of several the first one that is named, of none the first addressee, else the issuer."""
    names = names_of(question, document)
    why = "đơn vị được nêu đầu tiên" if at(document, question.about) else "văn bản không ghi, lấy nơi nhận đầu tiên"
    return Answer(question, f"{names[0]} ({why})", str(book[canonical(names[0])]))


def names_of(question: Question, document: Json) -> list[str]:
    """Return the names that a question about units may be answered with, as the letter writes them."""
    found = at(document, question.about)
    leaves = found if isinstance(found, list) else [found] if found else []
    fields = document["fields"]
    others = [*(fields.get("addressees") or ()), *([fields["issuer"]] if fields.get("issuer") else [])]
    return [str(leaf["value"]) for leaf in (leaves or others)] or [NOBODY]


NOBODY = "Cơ quan ban hành văn bản"
"""What a unit is called that a letter does not name."""


def _issuer(question: Question, _document: Json, _given: Answers, book: Book) -> Answer:
    return Answer(question, f"{NOBODY} (văn bản không ghi rõ)", str(book[canonical(NOBODY)]))


def _text(value: str) -> Callable[[Question, Json, Answers, Book], Answer]:
    return lambda question, _document, _given, _book: Answer(question, f"{value} (quy ước)", value)


def _stays_open(question: Question, _document: Json, _given: Answers, _book: Book) -> Answer:
    return Answer(question, "để ngỏ, làm rõ sau", is_given=False)


_RULES: Mapping[str, Callable[[Question, Json, Answers, Book], Answer]] = {
    "number-blank": _number,
    "date-blank": _day,
    "deadline-missing": _deadline,
    "unit-unknown": _unit,
    "lead-missing": _lead,
    "lead-several": _lead,
    "lead-collective": _lead,
    "issuer-unclear": _issuer,
    "symbol-missing": _text("VB"),
    "type-unclear": _text("CV"),
    "subject-missing": _text("Văn bản chỉ đạo"),
}
