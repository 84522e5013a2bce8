"""Files of units (CSV): read line by line, compared with what is registered, and turned into facts, parents first.

Columns: code, name, short_name, parent_code, valid_from, in any order; code and name are needed. UTF-8 with or without a byte order mark,
separated by commas or, as Excel writes them in Vietnam, by semicolons; days as 2025-07-01 or 1/7/2025.
"""

import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from itertools import dropwhile, islice
from typing import NamedTuple
from uuid import UUID

from shared.contracts import Contract
from shared.contracts.codes import canonical_code, is_code
from shared.contracts.registry import UnitRegistered, UnitRenamed, unit_key

COLUMNS = ("code", "name", "short_name", "parent_code", "valid_from")
NEEDED = ("code", "name")
MAX_LINES = 20_000
MAX_CODE = 35
MAX_NAME = 500

_DAY = re.compile(r"(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})")
_SEPARATOR = re.compile(r"sep=(.)\r?\n", re.IGNORECASE)


class Fault(NamedTuple):
    """What is wrong in a file: the line (from 1, the header is the first one), the column, and what."""

    line: int
    column: str
    problem: str
    problem_vi: str


class Line(NamedTuple):
    """A unit as a file has it; codes are in their one form."""

    number: int
    code: str
    name: str
    short_name: str | None = None
    parent: str | None = None
    valid_from: date | None = None


class Known(NamedTuple):
    """A unit as it is registered, with its newest name."""

    id: UUID
    name: str
    short_name: str | None = None
    parent: UUID | None = None


class Difference(NamedTuple):
    """A registered unit that a file has otherwise, and that stays as it is."""

    line: int
    code: str
    column: str
    registered: str | None
    in_file: str | None


class Step(NamedTuple):
    """A fact that a line comes to."""

    line: int
    code: str
    key: UUID
    data: Contract


@dataclass(frozen=True, slots=True)
class Work:
    """What a file comes to: facts wave by wave, of which each needs those before it registered."""

    waves: Sequence[Sequence[Step]] = ()
    passed_over: int = 0
    differences: Sequence[Difference] = ()
    faults: Sequence[Fault] = ()


@dataclass(slots=True)
class _Reading:
    lines: list[Line] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    codes: set[str] = field(default_factory=set)


def read_file(content: bytes) -> tuple[list[Line], list[Fault]]:
    """Return the units of a file and what is wrong with it."""
    cells, faults = read_cells(content, COLUMNS, NEEDED)
    reading = _Reading(faults=faults)
    for number, values in cells:
        _read_line(reading, number, values)
    return reading.lines, reading.faults


def read_cells(content: bytes, columns: Sequence[str], needed: Sequence[str]) -> tuple[list[tuple[int, dict[str, str]]], list[Fault]]:
    """Return the cells of a file by column, each line with its number, and what is wrong with the file as a whole."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        return [], [Fault(line, "", "not UTF-8: save the file as CSV UTF-8", "Không phải UTF-8: hãy lưu tệp dạng CSV UTF-8")]
    rows, before = _rows(text)
    try:
        header = [name.strip().lower() for name in next(rows, [])]
        faults = list(_faults_of_header(header, before, columns, needed))
        if faults:
            return [], faults
        lines = list(islice(_numbered(rows, before), MAX_LINES + 1))
    except csv.Error as error:
        line = rows.line_num + before  # type: ignore[attr-defined]  # csv.reader's iterator counts its lines
        return [], [Fault(line, "", f"no CSV: {error}", "Không đọc được dạng CSV: ô quá dài hoặc dấu ngoặc kép không khép")]
    if len(lines) > MAX_LINES:
        return [], [Fault(lines[-1][0], "", f"more than {MAX_LINES} lines", f"Quá {MAX_LINES} dòng")]
    return [(number, _named(header, cells, columns)) for number, cells in lines], []


def _named(header: Sequence[str], cells: Sequence[str], columns: Sequence[str]) -> dict[str, str]:
    told = dict(zip(header, cells, strict=False))
    return {name: told.get(name, "").strip() for name in columns}


def _rows(text: str) -> tuple["Iterator[list[str]]", int]:
    """Return the rows of a text, by the separator that its first line uses, and how many lines go before the header."""
    told = _SEPARATOR.match(text)
    body = text[told.end() :] if told else text
    first = body.partition("\n")[0]
    separator = told[1] if told else max(",;\t", key=first.count)
    return csv.reader(io.StringIO(body, newline=""), delimiter=separator), 1 if told else 0


def _numbered(rows: "Iterator[list[str]]", before: int) -> Iterator[tuple[int, list[str]]]:
    """Yield rows with the number of their last line; empty ones are passed over."""
    for cells in rows:
        if any(cell.strip() for cell in cells):
            yield rows.line_num + before, cells  # type: ignore[attr-defined]  # csv.reader's iterator counts its lines


def _faults_of_header(header: Sequence[str], before: int, columns: Sequence[str], needed: Sequence[str]) -> Iterator[Fault]:
    line = before + 1
    for name in needed:
        if name not in header:
            yield Fault(line, name, f"the column {name} is missing", f"Thiếu cột {name}")
    for name in header:
        if name not in columns:
            yield Fault(line, name, f"unknown column; there are {', '.join(columns)}", f"Cột lạ; các cột là {', '.join(columns)}")
    if len(set(header)) < len(header):
        yield Fault(line, "", "a column is named twice", "Có cột bị lặp")


def _read_line(reading: _Reading, number: int, values: Mapping[str, str]) -> None:
    code, parent = canonical_code(values["code"]), canonical_code(values["parent_code"])
    faults = [*_faults_of_line(number, values), *_faults_of_code(reading, number, code)]
    reading.codes.add(code)
    reading.faults.extend(faults)
    if not faults:
        day = read_day(values["valid_from"]) if values["valid_from"] else None
        reading.lines.append(Line(number, code, values["name"], values["short_name"] or None, parent or None, day))


def _faults_of_code(reading: _Reading, number: int, code: str) -> Iterator[Fault]:
    if code and not _is_unit_code(code):
        yield Fault(number, "code", "a code has capitals, digits and single dots, 35 at most", "Mã gồm chữ hoa, chữ số và dấu chấm")
    elif code in reading.codes:
        yield Fault(number, "code", f"{code} stands in the file twice", f"Mã {code} lặp lại trong tệp")


def _faults_of_line(number: int, values: Mapping[str, str]) -> Iterator[Fault]:
    for name in NEEDED:
        if not values[name]:
            yield Fault(number, name, "it is empty", "Để trống")
    for name in ("name", "short_name"):
        if len(values[name]) > MAX_NAME:
            yield Fault(number, name, f"longer than {MAX_NAME} characters", f"Dài quá {MAX_NAME} ký tự")
    if values["parent_code"] and not _is_unit_code(canonical_code(values["parent_code"])):
        yield Fault(number, "parent_code", "not a code", "Không phải mã đơn vị")
    if values["valid_from"] and read_day(values["valid_from"]) is None:
        yield Fault(number, "valid_from", "not a day such as 2025-07-01 or 1/7/2025", "Không phải ngày dạng 2025-07-01 hoặc 1/7/2025")


def _is_unit_code(code: str) -> bool:
    return is_code(code) and len(code) <= MAX_CODE


def read_day(text: str) -> date | None:
    """Return a day as a file or a form has it (2025-07-01 or 1/7/2025), None where it is none."""
    found = _DAY.fullmatch(text)
    try:
        return date(int(found[3]), int(found[2]), int(found[1])) if found else date.fromisoformat(text)
    except ValueError:
        return None


def codes_in(lines: Iterable[Line]) -> set[str]:
    """Return the codes that some lines name, of units and of parents."""
    return {code for line in lines for code in (line.code, line.parent) if code is not None}


def plan(lines: Sequence[Line], known: Mapping[str, Known], *, today: date, rename: bool = False) -> Work:
    """Return what is to be registered: nothing where anything is wrong, and another name only where `rename` says so.

    A name without a day of its own holds from `today` on.
    """
    new = {line.code: line for line in lines if line.code not in known}
    faults = [*_faults_of_parents(lines, new, known), *_faults_of_circles(new)]
    if faults:
        return Work(faults=sorted(faults))
    keys = {code: unit.id for code, unit in known.items()} | {code: unit_key(code) for code in new}
    differences = list(_differences(lines, known, keys))
    named = {each.code for each in differences if each.column in ("name", "short_name")}
    renamed = [_renamed(line, known[line.code], today) for line in lines if rename and line.code in named]
    kept = [each for each in differences if not rename or each.column == "parent_code"]
    waves = [*_waves(new, keys), renamed] if renamed else _waves(new, keys)
    passed = len(lines) - len(new) - len({each.code for each in differences})
    return Work([wave for wave in waves if wave], passed, kept)


def _faults_of_parents(lines: Iterable[Line], new: Mapping[str, Line], known: Mapping[str, Known]) -> Iterator[Fault]:
    for line in lines:
        if line.parent is not None and line.parent not in new and line.parent not in known:
            problem = f"{line.parent} is neither registered nor in the file"
            yield Fault(line.number, "parent_code", problem, f"{line.parent} chưa đăng ký và không có trong tệp")


def _faults_of_circles(new: Mapping[str, Line]) -> Iterator[Fault]:
    """Walk each chain of parents once: what was walked before leads to no circle that is new."""
    walked: set[str] = set()
    for line in new.values():
        chain: dict[str, None] = {}
        above: str | None = line.code
        while above is not None and above in new and above not in walked:
            walked.add(above)
            chain[above] = None
            above = new[above].parent
        for code in dropwhile(lambda each: each != above, chain):  # noqa: B023  used at once
            yield Fault(new[code].number, "parent_code", f"{code} stands above itself", f"{code} là cấp trên của chính mình")


def _differences(lines: Iterable[Line], known: Mapping[str, Known], keys: Mapping[str, UUID]) -> Iterator[Difference]:
    codes = {unit: code for code, unit in keys.items()}
    for line in lines:
        unit = known.get(line.code)
        if unit is None:
            continue
        if unit.name != line.name:
            yield Difference(line.number, line.code, "name", unit.name, line.name)
        if line.short_name is not None and unit.short_name != line.short_name:
            yield Difference(line.number, line.code, "short_name", unit.short_name, line.short_name)
        if line.parent is not None and unit.parent != keys[line.parent]:
            yield Difference(line.number, line.code, "parent_code", codes.get(unit.parent) if unit.parent else None, line.parent)


def _renamed(line: Line, unit: Known, today: date) -> Step:
    data = UnitRenamed(name=line.name, short_name=line.short_name or unit.short_name, valid_from=line.valid_from or today)
    return Step(line.number, line.code, unit.id, data)


def _waves(new: Mapping[str, Line], keys: Mapping[str, UUID]) -> list[list[Step]]:
    """Return the registrations by depth, since a parent is registered before its children."""
    waves: list[list[Step]] = []
    depths: dict[str, int] = {}
    for code in new:
        depth = _depth(code, new, depths)
        waves.extend([] for _ in range(depth + 1 - len(waves)))
        waves[depth].append(_registered(new[code], keys))
    return waves


def _depth(code: str, new: Mapping[str, Line], depths: dict[str, int]) -> int:
    above: list[str] = []
    while code not in depths:
        parent = new[code].parent
        if parent is None or parent not in new:
            depths[code] = 0
        else:
            above.append(code)
            code = parent
    for each in reversed(above):
        depths[each] = depths[code] + 1
        code = each
    return depths[code]


def _registered(line: Line, keys: Mapping[str, UUID]) -> Step:
    parent = keys[line.parent] if line.parent is not None else None
    data = UnitRegistered(code=line.code, name=line.name, short_name=line.short_name, parent=parent, valid_from=line.valid_from)
    return Step(line.number, line.code, keys[line.code], data)
