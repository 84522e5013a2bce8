"""The list of communes after the merger of 1/7/2025, as the office publishes it, mapped onto units and successions.

Columns of the list: Tỉnh; Phường, xã mới; Phường, xã trước sáp nhập. It bears no codes, and does not say whether a new unit is a ward or a
commune, so neither is guessed: each province's code is given beside it, and units get provisional codes that no authority gives out,
`<province>.M<number>` for a new unit and `<province>.C<number>` for one before, both counted in the order of the list. An old unit is told
from others of its name in the province by what stands in brackets (huyện Châu Thành); "phần còn lại" and "một phần" only say that it was
split. What is no name of a unit is reported, not guessed.
"""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple
from unicodedata import normalize

HEADER = ("Tỉnh", "Phường, xã mới", "Phường, xã trước sáp nhập")
MERGED_ON = date(2025, 7, 1)
NOT_MERGED = "không sáp nhập"

_UNIT = re.compile(r"(xã|phường|thị trấn|đặc khu)\s+\S", re.IGNORECASE)
_BRACKET = re.compile(r"\s*\(([^()]*)\)")
_DISTRICT = re.compile(r"(huyện|quận|thị xã|thành phố|tp\.?)\s", re.IGNORECASE)
_COMMA = re.compile(r",\s*(?![^()]*\))")


class UnitRow(NamedTuple):
    """A line of the file of units."""

    code: str
    name: str
    parent_code: str
    valid_from: str


class SuccessorRow(NamedTuple):
    """A line of the file of successors."""

    code: str
    successor_code: str
    valid_from: str


@dataclass(slots=True)
class Mapped:
    """What the list comes to; `unread` tells what was not understood, by line."""

    units: list[UnitRow] = field(default_factory=list)
    successors: list[SuccessorRow] = field(default_factory=list)
    unread: list[tuple[int, str]] = field(default_factory=list)


def map_communes(text: str, provinces: Mapping[str, str]) -> Mapped:
    """Return the units and successions of the list; a province without a code, or another header, raises ValueError."""
    plain = normalize("NFC", text.removeprefix("\ufeff")).replace("\u00a0", " ")
    rows = csv.reader(io.StringIO(plain, newline=""))
    header = tuple(cell.strip() for cell in next(rows, []))
    if header != HEADER:
        message = f"the columns should be {'; '.join(HEADER)}"
        raise ValueError(message)
    mapping = _Mapping(provinces)
    for row in rows:
        if any(row):
            mapping.add(rows.line_num, *(cell.strip() for cell in (*row, "", "")[:3]))
    return mapping.mapped


class _Mapping:
    def __init__(self, provinces: Mapping[str, str]) -> None:
        self.mapped = Mapped()
        self._provinces = provinces
        self._new: dict[str, int] = {}
        self._old: dict[tuple[str, str], str] = {}
        self._counts: dict[str, int] = {}

    def add(self, line: int, province: str, name: str, before: str) -> None:
        """Add a line of the list."""
        if province not in self._provinces:
            message = f"line {line}: there is no code for the province {province}"
            raise ValueError(message)
        above = self._provinces[province]
        number = self._new[above] = self._new.get(above, 0) + 1
        code = f"{above}.M{number:03}"
        self.mapped.units.append(UnitRow(code, f"{name}, {province}", above, MERGED_ON.isoformat()))
        for part in self._parts(line, before):
            link = SuccessorRow(self._old_code(above, part, province), code, MERGED_ON.isoformat())
            if link not in self.mapped.successors[-60:]:
                self.mapped.successors.append(link)

    def _parts(self, line: int, before: str) -> Iterator[str]:
        """Yield the units of before that a cell names."""
        if not before or before.lower().startswith(NOT_MERGED):
            return
        for part in _COMMA.split(before):
            name = _identity(part.strip())
            if _UNIT.match(name):
                yield name
            else:
                self.mapped.unread.append((line, part.strip()))

    def _old_code(self, above: str, name: str, province: str) -> str:
        key = (above, name.casefold())
        if key not in self._old:
            number = self._counts[above] = self._counts.get(above, 0) + 1
            self._old[key] = f"{above}.C{number:04}"
            self.mapped.units.append(UnitRow(self._old[key], f"{name}, {province}", "", ""))
        return self._old[key]


def _identity(part: str) -> str:
    """Return a name with the district that tells it from others, without what is said of its parts."""
    brackets = [text.strip() for text in _BRACKET.findall(part)]
    name = " ".join(_BRACKET.sub("", part).split())
    districts = [text for text in brackets if _DISTRICT.match(text)]
    return f"{name} ({districts[0]})" if districts else name
