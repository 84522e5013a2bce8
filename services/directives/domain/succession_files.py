"""Files of successions (CSV): which units took whose place, from which day on; written as files of units are.

Columns: code, successor_code, valid_from, document; several lines of one unit and day are one fact.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from datetime import date
from typing import NamedTuple
from uuid import UUID

from services.directives.domain.unit_files import Fault, Known, Step, Work, read_cells, read_day
from shared.contracts.codes import canonical_code
from shared.contracts.registry import UnitSucceeded

COLUMNS = ("code", "successor_code", "valid_from", "document")
NEEDED = ("code", "successor_code", "valid_from")
MOST = 50
"""How many successors one fact may name."""


class Line(NamedTuple):
    """A succession as a file has it; codes are in their one form."""

    number: int
    code: str
    successor: str
    valid_from: date
    document: str | None = None


def read_successions(content: bytes) -> tuple[list[Line], list[Fault]]:
    """Return the successions of a file and what is wrong with it."""
    cells, faults = read_cells(content, COLUMNS, NEEDED)
    lines: list[Line] = []
    for number, values in cells:
        wrong = list(_faults(number, values))
        faults += wrong
        day = read_day(values["valid_from"])
        if not wrong and day is not None:
            code, successor = canonical_code(values["code"]), canonical_code(values["successor_code"])
            lines.append(Line(number, code, successor, day, values["document"] or None))
    return lines, faults


def _faults(number: int, values: Mapping[str, str]) -> Iterator[Fault]:
    for name in NEEDED:
        if not values[name]:
            yield Fault(number, name, "it is empty", "Để trống")
    if values["valid_from"] and read_day(values["valid_from"]) is None:
        yield Fault(number, "valid_from", "not a day such as 2025-07-01 or 1/7/2025", "Không phải ngày dạng 2025-07-01 hoặc 1/7/2025")
    if values["code"] and canonical_code(values["code"]) == canonical_code(values["successor_code"]):
        yield Fault(number, "successor_code", "a unit does not succeed itself", "Đơn vị không tự kế thừa chính mình")


def plan_successions(lines: Iterable[Line], known: Mapping[str, Known], standing: Collection[tuple[UUID, UUID, date]]) -> Work:
    """Return what is to be registered; successions that stand already (unit, successor, day) are passed over."""
    lines = list(lines)
    faults = [fault for line in lines for fault in _unknown(line, known)]
    if faults:
        return Work(faults=faults)
    groups: dict[tuple[str, date, str | None], list[Line]] = {}
    for line in lines:
        if (known[line.code].id, known[line.successor].id, line.valid_from) not in standing:
            groups.setdefault((line.code, line.valid_from, line.document), []).append(line)
    steps = [step for group in groups.values() for step in _steps(group, known)]
    return Work([steps] if steps else [], len(lines) - sum(map(len, groups.values())))


def _unknown(line: Line, known: Mapping[str, Known]) -> Iterator[Fault]:
    for name, code in (("code", line.code), ("successor_code", line.successor)):
        if code not in known:
            yield Fault(line.number, name, f"{code} is not registered", f"{code} chưa đăng ký")


def _steps(group: list[Line], known: Mapping[str, Known]) -> Iterator[Step]:
    successors = list(dict.fromkeys(known[line.successor].id for line in group))
    first = group[0]
    for begin in range(0, len(successors), MOST):
        data = UnitSucceeded(successors=tuple(successors[begin : begin + MOST]), valid_from=first.valid_from, document=first.document)
        yield Step(first.number, first.code, known[first.code].id, data)
