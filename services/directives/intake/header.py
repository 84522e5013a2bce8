"""The head of a letter: issuer, number and symbol, type, subject, place and date, addressees, marks of urgency and secrecy."""

import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Final, cast

from services.directives.intake.casing import capitals, in_official_case
from services.directives.intake.findings import Found, Head, quoted
from services.directives.intake.flow import Flow, Span, fold
from services.directives.intake.lines import Line
from services.directives.intake.units import Reader
from services.directives.intake.zones import ABOUT, DATED, MOTTO, NUMBERED, SECRET, TITLES, URGENT, Zones, is_known
from shared.contracts.types import DocumentType, SecurityMark, Urgency

_DIGITS: Final = str.maketrans({"o": "0", "l": "1", "i": "1", "O": "0", "I": "1"})
_AREA: Final = re.compile(r"(?<!\w)(?:tỉnh|huyện|thị xã|thành phố|tp\.?|quận|phường|xã|thị trấn|đặc khu)\s(?!(?:ủy|hội|viên|đội)(?!\w))\S")
_AREA_UNMARKED: Final = re.compile(r"(?:tinh|huyen|thi xa|thanh pho|quan|phuong|xa|thi tran)\s\S")
_KINDS: Final = ("tỉnh", "huyện", "thị xã", "thành phố", "quận", "phường", "xã", "thị trấn")
_AREALESS: Final = re.compile(r"(?:^|\s)(?:ban nhan dan|hoi dong nhan dan|ubnd|hdnd)$")
"""A body of an area whose name stands in the next line, however its accents were scanned."""
_OFFICE_OF: Final = re.compile(r"(?:văn phòng|thanh tra) (?P<kind>sở|bộ|cục|tổng cục|ban|ủy ban)$")
_COMMITTEE: Final = re.compile(r"^(?:ủy|uỷ|uy) (?:ban nhân dân|ban nhan dan)", re.IGNORECASE)
_OWN_NAME: Final = re.compile(r"^(?:trường|bệnh viện|công ty|bộ|thủ tướng|cục|tổng cục|vụ|viện|học viện|đại học)\s")
_PLACELESS: Final = ("van ban", "thong tin van ban")
_TYPES: Final = {value.lower(): value for value in (*TITLES.values(), "CV")}
_UNIT_FOR_PLACE: Final = re.compile(r"(?:ubnd|uy ban nhan dan|so|phong|bo|van phong|ban) ")
_FIRST_YEAR: Final = 1945
_LAST_YEAR: Final = 2100
_MOST_ISSUER_CELLS: Final = 4
_WHO_SPEAKS: Final = re.compile(
    r"^(?:chủ tịch|giám đốc|bộ trưởng|hiệu trưởng|thủ tướng chính phủ|ủy ban nhân dân|ubnd|sở|bộ)(?!\w)[^:]*?(?=\s(?:điện|yêu cầu|chỉ đạo))"
)


def head_of(zones: Zones) -> Head:
    """Return what the head says; basis, signer and recipients are read elsewhere."""
    cells = [cell for cell in zones.cells if not MOTTO.match(cell.plain)]
    number, symbol, number_at = _number(cells)
    dated = _date(cells)
    issuer = _issuer(cells)
    if issuer is None and dated[0] is not None and _UNIT_FOR_PLACE.match(fold(dated[0].value)):
        issuer, dated = dated[0], (None, *dated[1:])
    return Head(
        issuer=issuer,
        number=number,
        symbol=symbol,
        document_type=_type(zones, symbol),
        subject=_subject(zones, cells),
        place=dated[0],
        issued_on=dated[1],
        addressees=tuple(addressees_of(zones.addressed)),
        urgency=cast("Found[Urgency]", _mark(cells, URGENT) or Found("normal")),
        security=cast("Found[SecurityMark]", _mark(zones.marks, SECRET) or Found("none")),
        number_at=number_at,
        date_at=dated[2],
    )


def _number(cells: Sequence[Flow]) -> tuple[Found[int] | None, Found[str] | None, Span | None]:
    for cell in cells:
        match = NUMBERED.match(cell.plain)
        if match:
            digits = match["number"].translate(_DIGITS)
            number = Found(int(digits), cell.span(*match.span("number"))) if digits and int(digits) else None
            symbol = quoted(cell, *match.span("symbol"))
            return number, Found(re.sub(r"\s?([-/.])\s?", r"\1", symbol.value), symbol.span), cell.span(match.start(), match.end())
    return None, None, None


def _date(cells: Sequence[Flow]) -> tuple[Found[str] | None, Found[date] | None, Span | None]:
    """Return place and day from the line that has both, or from one with a day alone."""
    whole = Flow.joined(cells, "\n")
    matches = list(DATED.finditer(whole.plain))
    matches.sort(key=lambda match: not (match["place"] or match["place2"]))
    if not matches:
        return None, None, None
    match = matches[0]
    second = "2" if match["day2"] else ""
    place = None
    if match["place" + second]:
        place = quoted(whole, *match.span("place" + second))
        place = Found(in_official_case(place.value), place.span)
    start = match.end("place" + second) + 1 if place else match.start()
    day = read_day(match["day" + second], match["month" + second], match["year" + second])
    span = whole.span(start, match.end())
    return place, Found(day, _tight(whole, start, match.end())) if day else None, span


def _tight(flow: Flow, start: int, end: int) -> Span:
    return flow.part(start, end).stripped(" ,\t\n").span()


def read_day(day: str | None, month: str | None, year: str | None) -> date | None:
    """Return a day from digits as scanned, None where one is missing or there is no such day."""
    try:
        read = date(*(int((part or "").translate(_DIGITS)) for part in (year, month, day)))
    except ValueError:
        return None
    return read if _FIRST_YEAR <= read.year <= _LAST_YEAR else None


def _type(zones: Zones, symbol: Found[str] | None) -> Found[DocumentType] | None:
    """Return the type from the title, else from the symbol (15/QĐ-BNV); what has addressees or "V/v" and neither is a công văn."""
    if zones.title is not None:
        title = quoted(zones.title.stripped(" :*#|\t"))
        return Found(cast("DocumentType", TITLES[zones.title.plain.strip(" :*#|\t")]), title.span)
    if symbol is not None:
        for part in re.split(r"[-/]", symbol.value):
            if part.lower() in _TYPES:
                return Found(cast("DocumentType", _TYPES[part.lower()]), symbol.span)
    return Found("CV", symbol.span if symbol else None) if symbol or zones.addressed else None


def _subject(zones: Zones, cells: Sequence[Flow]) -> Found[str] | None:
    if zones.subject:
        return _without_about(Flow.joined(zones.subject))
    for index, cell in enumerate(cells):
        match = ABOUT.match(cell.plain)
        if match:
            return _without_about(Flow.joined([cell, *_continuing(cells[index + 1 :])]))
        inside = re.search(r"(?<!\w)v\s?/\s?v\s", cell.plain)
        if inside and NUMBERED.match(cell.plain):
            return _without_about(Flow.joined([cell.part(inside.start()), *_continuing(cells[index + 1 :])]))
    return None


def _continuing(cells: Iterable[Flow]) -> Iterator[Flow]:
    for cell in cells:
        if is_known(cell) or (cell.text.isupper() and len(cell) > len("CCHC 2021")):
            return
        yield cell


def _without_about(flow: Flow) -> Found[str] | None:
    match = ABOUT.match(flow.plain)
    found = quoted(flow.part(match.end() if match else 0).stripped(" \t\n.;*"))
    return found if found.value else None


def _issuer(cells: Sequence[Flow]) -> Found[str] | None:
    """Return the issuer from the lines in capitals before the number, with as much of the unit above as tells which one it is."""
    lines = _issuer_cells(cells)
    if not lines:
        return None
    names = _whole_names([in_official_case(" ".join(line.text.split())) for line in lines])
    own = names[-1]
    if len(names) > 1:
        own = _with_above(own, names[-2])
    own = _COMMITTEE.sub("UBND", own)
    return Found(own, (lines[0].span()[0], max(line.span()[1] for line in lines)))


def _issuer_cells(cells: Sequence[Flow]) -> list[Flow]:
    at = next((index for index, cell in enumerate(cells) if NUMBERED.match(cell.plain)), len(cells))
    found: list[Flow] = []
    for cell in reversed(cells[:at]):
        plain = cell.plain.strip(" .:*#")
        if plain in URGENT or plain in SECRET or DATED.search(cell.plain) or plain in TITLES:
            continue
        if plain in _PLACELESS or not capitals(cell.text).isupper() or len(found) == _MOST_ISSUER_CELLS or ABOUT.match(plain):
            break
        found.insert(0, cell)
    return found


def _whole_names(lines: Sequence[str]) -> list[str]:
    """Return names with those lines joined that go on the one before: an area, or a wrapped name."""
    names: list[str] = []
    for line in lines:
        goes_on = names and (
            _AREA.match(line.lower())
            or (_AREA_UNMARKED.match(fold(line)) and _AREALESS.search(fold(names[-1])))
            or re.match(r"(?:và|-|,)\s", line.lower())
            or names[-1].lower().endswith((",", "-", " và"))
        )
        if goes_on:
            names[-1] += " " + line[:1].lower() + line[1:]
        else:
            names.append(line)
    return names


def _with_above(own: str, above: str) -> str:
    low = own.lower()
    if low in {"văn phòng", "thanh tra"}:
        return f"{own} {re.sub('^(Ủy|Uỷ) ban nhân dân', 'UBND', above)}"
    office = _OFFICE_OF.match(low)
    if office and above.lower().startswith(office["kind"] + " "):
        return f"{own[: office.start('kind')]}{above}"
    if _OWN_NAME.match(low) or _AREA.search(low):
        return own
    area = _AREA.search(above.lower())
    if area is None:
        return own
    told = above[area.start() :]
    kind = next((kind for kind in _KINDS if low.endswith(" " + kind) and told.lower().startswith(kind + " ")), "")
    return f"{own[: len(own) - len(kind)].rstrip()} {told}"


def _mark(cells: Sequence[Flow], marks: dict[str, str]) -> Found[str] | None:  # the value is one of the marks
    for cell in cells:
        words = cell.plain.strip(" .:*!()[]")
        words = re.sub(r"^do (?:khan|mat)\s?:\s?", "", words)
        if words in marks and (cell.text.strip(" .:*!()[]").isupper() or ":" in cell.text):
            return Found(marks[words], cell.span())
    return None


def addressees_of(lines: Sequence[Line]) -> Iterator[Found[str]]:
    """Give those whom a letter is sent to: one a line, parted at ";" and before a new unit's name."""
    reader = Reader()
    for line in lines:
        for part in _parts(line.flow.stripped(" \t-+•*")):
            yield from split_units(reader, part)


def _parts(flow: Flow) -> Iterator[Flow]:
    start = 0
    for match in re.finditer(r"[;\t|]|$", flow.text):
        part = flow.part(start, match.start()).stripped(" \t\n-.,:;")
        if len(part.text) > 1:
            yield part
        start = match.end()


def split_units(reader: Reader, flow: Flow) -> Iterator[Found[str]]:
    """Give the units that are named side by side, each as written."""
    units = reader.read(flow, 0)
    if units and units.end >= len(flow):
        yield from (quoted(flow, *name) for name in units.names)
        return
    start = 0
    for match in re.finditer(r"(?:,|\svà)\s(?:và\s)?", flow.text):
        if (
            flow.text[match.end() : match.end() + 1].isupper()
            and reader.starts_at(flow, match.end())
            and ": " not in flow.text[start : match.start()]
        ):
            yield quoted(flow, start, match.start())
            start = match.end()
    yield quoted(flow, start)
