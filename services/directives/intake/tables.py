"""Tables of tasks: a row each, with columns for content, lead, coordinating units, time and product."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Final

from services.directives.intake.deliverables import deadline_of, of_product
from services.directives.intake.duties import uniquely_named
from services.directives.intake.findings import Deadline, Duty, Found, quoted
from services.directives.intake.flow import Flow
from services.directives.intake.header import split_units
from services.directives.intake.lines import Line, spaced
from services.directives.intake.phrases import cell as cell_phrase
from services.directives.intake.units import Reader, is_collective
from shared.contracts.types import Deliverable

COLUMNS: Final = (
    ("number", re.compile(r"^(?:tt|stt|so tt|so thu tu)$")),
    ("coordinating", re.compile(r"phoi hop")),
    (
        "lead",
        re.compile(
            r"chu tri|(?:co quan|don vi|nguoi|bo phan)(?: chiu trach nhiem)? (?:thuc hien|phu trach)|phan cong|chiu trach nhiem|"
            r"don vi|co quan"
        ),
    ),
    (
        "time",
        re.compile(r"thoi gian|thoi han|^han|tien do|ngay hoan thanh|hoan thanh truoc|lo trinh|thoi diem|moc|^ngay|ky han|^hoan thanh$"),
    ),
    ("product", re.compile(r"san pham|ket qua|dau ra")),
    ("content", re.compile(r"noi dung|nhiem vu|cong viec|hang muc|cong tac|hoat dong|ten viec|dau viec")),
)
_OF_A_CALENDAR: Final = re.compile(r"dia diem")
_RULED: Final = re.compile(r"[-:=\s|]+")


def columns_of(line: Line) -> Mapping[str, int] | None:
    """Return which column is which, where a row is the head of a table of tasks."""
    values = cells(line)
    found: dict[str, int] = {}
    for index, cell in enumerate(values):
        name = next((name for name, pattern in COLUMNS if name not in found and pattern.search(cell.plain.strip(" .*"))), None)
        if name:
            found[name] = index
    is_calendar = any(_OF_A_CALENDAR.search(cell.plain) for cell in values)
    return found if {"content", "lead"} <= found.keys() and not is_calendar else None


def cells(line: Line) -> list[Flow]:
    """Return all cells of a row, the empty ones too."""
    flow = line.flow
    sign = "|" if "|" in flow.text else "\t"
    if sign == "|":
        start, end = (flow.text.startswith("|"), flow.text.endswith("|") and flow.text.startswith("|"))
        flow = flow.part(int(start), len(flow) - int(end))
    found = []
    start_at = 0
    for match in re.finditer(rf"{re.escape(sign)}|$", flow.text):
        found.append(spaced(flow.part(start_at, match.start()).stripped(" \t*")))
        start_at = match.end()
        if match.end() == len(flow.text) and not match[0]:
            break
    return found


def whole_rows(lines: Iterable[Line]) -> Iterator[Line]:
    """Give lines with those rows whole again whose cells were wrapped: a line that goes on a row with cells missing belongs to it."""
    width = 0
    row: Line | None = None
    for line in lines:
        if row is not None and _goes_on(row, line, width):
            row = Line(Flow.joined([row.flow, line.flow]), row.is_apart, row.follows_row)
            continue
        if row is not None:
            yield row
        width = len(cells(line)) if line.is_row and columns_of(line) else width if line.is_row or line.follows_row else 0
        row = line
    if row is not None:
        yield row


def _goes_on(row: Line, line: Line, width: int) -> bool:
    if not width or not row.is_row or columns_of(row) or line.is_marked or line.is_apart:
        return False
    held, more = len(cells(row)), len(cells(line)) if line.is_row or _has_cells(line) else 1
    return held < width and held + more - 1 <= width and not cells(line)[0].text.strip(" .").isdigit()


def _has_cells(line: Line) -> bool:
    return "|" in line.flow.text or "\t" in line.flow.text


def duties_of(reader: Reader, rows: Sequence[Line], labels: tuple[str, ...]) -> Iterator[Duty]:
    """Give the tasks of a table; nothing where it is no table of tasks."""
    head = next((index for index, row in enumerate(rows) if columns_of(row)), None)
    if head is None:
        return
    columns = columns_of(rows[head]) or {}
    group: tuple[str, ...] = ()
    count = 0
    for row in rows[head + 1 :]:
        values = cells(row)
        if _RULED.fullmatch(row.flow.text) or columns_of(row):
            continue
        if _is_group(values, columns):
            group = (_mark(values, columns) or values[0].text[:20],)
            continue
        count += 1
        yield _duty(reader, values, columns, (*labels, *group, _mark(values, columns) or str(count)))


def _at(values: Sequence[Flow], columns: Mapping[str, int], name: str) -> Flow:
    index = columns.get(name, len(values))
    return values[index] if index < len(values) else Flow("", (), ())


def _mark(values: Sequence[Flow], columns: Mapping[str, int]) -> str:
    return _at(values, columns, "number").text.strip(" .)")


def _is_group(values: Sequence[Flow], columns: Mapping[str, int]) -> bool:
    """Tell whether a row only heads those after it: nothing but a mark and words, the mark no plain number."""
    filled = [index for index, value in enumerate(values) if value.text]
    return not filled or (max(filled) <= columns["content"] and not _mark(values, columns).isdigit())


def _duty(reader: Reader, values: Sequence[Flow], columns: Mapping[str, int], labels: tuple[str, ...]) -> Duty:
    content = _at(values, columns, "content")
    lead = _at(values, columns, "lead")
    deliverable = of_product(_at(values, columns, "product"), content)
    number = _at(values, columns, "number")
    first, others = _parties(lead)
    leads = tuple(_names(reader, first))
    return Duty(
        number=Found(".".join(labels), number.span() if number.text else None),
        content=quoted(content),
        lead=leads,
        coordinating=tuple(each for cell in (others, _at(values, columns, "coordinating")) for each in _names(reader, cell)),
        deliverable=deliverable,
        deadlines=uniquely_named(tuple(_deadlines(_at(values, columns, "time"), deliverable))),
        has_collective_lead=any(is_collective(each.value) for each in leads),
    )


_LABEL: Final = re.compile(r"(?:(?:đơn vị|cơ quan) )?(?:chủ trì|thực hiện|đầu mối)\s?:\s")
_OTHERS: Final = re.compile(r"[;,.]?\s\(?(?:(?:đơn vị|cơ quan) )?phối hợp(?:\s(?:với|cùng(?: với)?))?\s?:?\s")
_LEADS: Final = re.compile(r"\s\(?(?:chủ trì|thực hiện|(?:làm )?đầu mối)\)?[\s,;.]*(?P<rest>$|(?<=\)[,;]\s).+$)")
_BESIDE: Final = re.compile(r"(?P<lead>.+?)\schủ trì[;,.]\s(?P<others>.+?)\sphối hợp(?: thực hiện)?\.?")
"""Two parties each with what it does behind its name: "Phòng A chủ trì; Phòng B phối hợp"."""
_NOBODY: Final = re.compile(r"(?:không(?: có)?|[-/x…. ]+)")


def _parties(cell: Flow) -> tuple[Flow, Flow]:
    """Return who leads and who takes part, where a cell names both: "Phòng A chủ trì, phối hợp với Phòng B"."""
    label = _LABEL.match(cell.low)
    cell = cell.part(label.end() if label else 0)
    if beside := _BESIDE.fullmatch(cell.low):
        return cell.part(0, beside.end("lead")), cell.part(beside.start("others"), beside.end("others"))
    others = _OTHERS.search(cell.low)
    lead = cell.part(0, others.start() if others else len(cell))
    leads = _LEADS.search(lead.low)
    rest = lead.part(leads.start("rest")) if leads else cell.part(len(cell))
    return lead.part(0, leads.start() if leads else len(lead)), cell.part(others.end()) if others else rest


_BETWEEN: Final = re.compile(
    r";\s?|(?<![Đđ])/\s?|\s[-+]\s(?=(?:Sở|Phòng|Trung tâm|Trạm|Công an|Chi cục|Cục|Hạt|Huyện đoàn|Thanh tra|"
    r"UBND (?:các|xã|phường|thị trấn))\s)|$"
)
"""What stands between names in one cell …"""
_BETWEEN_PEOPLE: Final = re.compile(r";\s?|$")
"""… and between people, whose offices stand behind a dash."""
_PERSON: Final = re.compile(r"(?:ông|bà|đ/c|đồng chí|thầy|cô)\s")


def _names(reader: Reader, cell: Flow) -> Iterator[Found[str]]:
    if _NOBODY.fullmatch(cell.low):
        return
    start = 0
    for match in (_BETWEEN_PEOPLE if _PERSON.match(cell.low) else _BETWEEN).finditer(cell.text):
        part = cell.part(start, match.start()).stripped(" \t.,;-")
        if part.text:
            yield from split_units(reader, part)
        start = match.end()


def _deadlines(time: Flow, deliverable: Found[Deliverable]) -> Iterator[Deadline]:
    phrase = cell_phrase(time)
    if phrase:
        inner = time.stripped(" \t\n.;-/")
        yield deadline_of(inner, phrase, deliverable.value)
