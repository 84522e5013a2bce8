"""Answers of an operator, by the pointer that a question is about; each is looked at before it counts.

| pointer | value |
|---|---|
| `/document/fields/number` | whole number from 1, or null for a draft |
| `/document/fields/issued_on` | day as 2021-04-05, or null for a draft |
| `/document/fields/issuer`, `…/addressees/N` | id of a unit; null leaves an addressee out |
| `/document/fields/symbol`, `…/subject`, `…/place`, `…/document_type` | text |
| `/document/tasks/N` | null drops the task |
| `/document/tasks/N/number`, `…/content`, `…/deliverable` | text |
| `/document/tasks/N/plan_requires/index` | id of the index whose areas, criteria and components the plan has to go through |
| `/document/tasks/N/lead` | id of a unit, or several: a task for each |
| `/document/tasks/N/lead/M`, `…/coordinating/M` | id of a unit; null leaves a coordinating unit out |
| `/document/tasks/N/deadlines` | phrase, or several, or null for none |
| `/document/tasks/N/deadlines/M/phrase` | phrase; null leaves the deadline out |
| `/document/tasks/-` | tasks to add: `{span, number, lead, coordinating, deliverable, deadlines}` each |
"""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, Final, cast, get_args
from uuid import UUID

import msgspec

from shared.contracts.types import MAX_INTEGER, Deliverable, DocumentType
from shared.errors import RefusedError

FIELDS: Final = "/document/fields"
TASKS: Final = "/document/tasks"
ADDED: Final = "/document/tasks/-"
LONGEST_LINE: Final = 500
LONGEST_TEXT: Final = 20_000
MOST_UNITS: Final = 500
MOST_DEADLINES: Final = 50
MOST_ADDED: Final = 200
MOST_ANSWERS: Final = 5_000
LARGEST: Final = 2_000_000
"""How many bytes the answers of a letter have at most, as JSON."""


def wrong(pointer: str, reason: str, reason_vi: str) -> RefusedError:
    """Return the error for an answer that says nothing that can be used."""
    return RefusedError("answer-invalid", f"{pointer}: {reason}", f"Trả lời chưa đúng: {reason_vi}")


def _require_few(count: int, most: int, what: str, what_vi: str) -> None:
    if count > most:
        said = f"Một văn bản có nhiều nhất {most:,} {what_vi}.".replace(",", ".")
        raise RefusedError("too-many-answers", f"more than {most} {what}", said)


class Answers:
    """Answers that were given; one that is of the wrong kind raises RefusedError (`answer-invalid`) when it is read.

    More of them than a letter can need raise it at once (`too-many-answers`, `answers-too-long`): all are kept with the draft.
    """

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        _require_few(len(given), MOST_ANSWERS, "answers", "mục trả lời")
        _require_few(len(self.added()), MOST_ADDED, "added tasks", "nhiệm vụ bổ sung")
        if len(msgspec.json.encode(given)) > LARGEST:
            raise RefusedError("answers-too-long", f"more than {LARGEST} bytes of answers", "Các trả lời của văn bản này dài quá 2 MB.")

    def has(self, pointer: str) -> bool:
        """Tell whether a question was answered, be it with null."""
        return pointer in self._given

    def is_dropped(self, pointer: str) -> bool:
        """Tell whether something was answered with null."""
        return self.has(pointer) and self._given[pointer] is None

    def text(self, pointer: str, most: int = LONGEST_LINE) -> str | None:
        """Return a text that was given."""
        value = self._given.get(pointer)
        return None if value is None else checked_text(pointer, value, most)

    def number(self, pointer: str) -> int | None:
        """Return a whole number from 1."""
        value = self._given.get(pointer)
        if isinstance(value, str) and re.fullmatch(r"[0-9]{1,10}", value.strip()):
            value = int(value)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= MAX_INTEGER):
            raise wrong(pointer, "not a whole number from 1", "số phải là số nguyên từ 1")
        return value

    def day(self, pointer: str) -> date | None:
        """Return a day."""
        value = self._given.get(pointer)
        try:
            return None if value is None else date.fromisoformat(str(value))
        except ValueError as error:
            raise wrong(pointer, "not a day such as 2021-04-05", "ngày phải có dạng 2021-04-05") from error

    def unit(self, pointer: str) -> UUID | None:
        """Return the one unit that was chosen."""
        units = self.units(pointer)
        if len(units) > 1:
            raise wrong(pointer, "more than one unit", "chỉ chọn một đơn vị")
        return units[0] if units else None

    def units(self, pointer: str) -> list[UUID]:
        """Return the units that were chosen, each once."""
        return checked_units(pointer, self._given.get(pointer))

    def index(self, pointer: str) -> UUID | None:
        """Return the index that was chosen."""
        value = self._given.get(pointer)
        try:
            return None if value is None else UUID(str(value))
        except ValueError as error:
            raise wrong(pointer, "not the id of an index", "không phải mã bộ chỉ số đã công bố") from error

    def phrases(self, pointer: str) -> list[str]:
        """Return the phrases that were given."""
        return checked_phrases(pointer, self._given.get(pointer))

    def document_type(self, pointer: str) -> DocumentType | None:
        """Return a type of document by its abbreviation."""
        value = self._given.get(pointer)
        if value is not None and value not in get_args(DocumentType):
            raise wrong(pointer, "no type of document", "không có loại văn bản này")
        return cast("DocumentType | None", value)

    def deliverable(self, pointer: str) -> Deliverable | None:
        """Return what a task must bring."""
        return checked_deliverable(pointer, self._given.get(pointer))

    def added(self) -> list[Mapping[str, Any]]:
        """Return the tasks that the operator adds."""
        value = self._given.get(ADDED)
        if value is None:
            return []
        if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
            raise wrong(ADDED, "not a list of tasks", "không phải danh sách nhiệm vụ")
        return value


def checked_text(pointer: str, value: object, most: int = LONGEST_LINE) -> str:
    """Return a text of a length that facts can have."""
    if not isinstance(value, str) or not value.strip() or len(value) > most or "\0" in value:
        raise wrong(pointer, f"not a text of 1 to {most} characters", f"cần từ 1 đến {most} ký tự")
    return value.strip()


def checked_units(pointer: str, value: object) -> list[UUID]:
    """Return ids of units, given as one or as a list, each once."""
    values: Sequence[object] = value if isinstance(value, list) else [] if value is None else [value]
    if len(values) > MOST_UNITS:
        raise wrong(pointer, f"more than {MOST_UNITS} units", f"quá {MOST_UNITS} đơn vị")
    try:
        return list(dict.fromkeys(each if isinstance(each, UUID) else UUID(str(each)) for each in values))
    except ValueError as error:
        raise wrong(pointer, "not the id of a unit", "không phải mã đơn vị trong sổ") from error


def checked_phrases(pointer: str, value: object) -> list[str]:
    """Return phrases of deadlines, given as one or as a list."""
    values: Sequence[object] = value if isinstance(value, list) else [] if value is None else [value]
    if len(values) > MOST_DEADLINES:
        raise wrong(pointer, f"more than {MOST_DEADLINES} deadlines", f"quá {MOST_DEADLINES} thời hạn")
    return [checked_text(pointer, each) for each in values]


def checked_deliverable(pointer: str, value: object) -> Deliverable | None:
    """Return what a task must bring, None where nothing was said."""
    if value is not None and value not in get_args(Deliverable):
        raise wrong(pointer, "no such deliverable", "không có loại sản phẩm này")
    return cast("Deliverable | None", value)
