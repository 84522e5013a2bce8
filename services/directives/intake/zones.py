"""The zones of a letter: its head, whom it is sent to, its body, and its foot with signature and recipients."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from services.directives.intake.flow import Flow
from services.directives.intake.lines import Line, lines_of, paragraphs_of

HEAD_LINES: Final = 45
SUBJECT_LINES: Final = 6
LONGEST_NAME: Final = 400
LONGEST_SUBJECT_LINE: Final = 160
LONGEST_HEAD_LINE: Final = 60
LONGEST_KNOWN: Final = 80
LONGEST_MARK: Final = 24

TITLES: Final = {
    "nghi quyet": "NQ", "quyet dinh": "QĐ", "chi thi": "CT", "quy che": "QC", "quy dinh": "QyĐ", "thong cao": "TC", "thong bao": "TB",
    "huong dan": "HD", "chuong trinh": "CTr", "ke hoach": "KH", "phuong an": "PA", "de an": "ĐA", "du an": "DA", "bao cao": "BC",
    "bien ban": "BB", "to trinh": "TTr", "hop dong": "HĐ", "cong dien": "CĐ", "ban ghi nho": "BGN", "ban thoa thuan": "BTT",
    "giay uy quyen": "GUQ", "giay moi": "GM", "giay gioi thieu": "GGT", "giay nghi phep": "GNP", "phieu gui": "PG", "phieu chuyen": "PC",
    "phieu bao": "PB", "thu cong": "TT",
}  # fmt: skip
"""Types of documents as their title says them, folded, with their abbreviations (NĐ 30/2020/NĐ-CP, Phụ lục III)."""

SENT_TO: Final = re.compile(r"^\W*kinh gui\s?[:;]?\s?")
WIRED_TO: Final = re.compile(r"(?<!\w)dien\s?:\s?$|^dien\s?:|(?<!\w)dien\s?:\s?(?=\S)")
RECIPIENTS: Final = re.compile(r"^\W*noi (?:nh[ae]n|gui)\s?[:;]?\s?")
MOTTO: Final = re.compile(r"^\W*(?:[ck]?ong ho[aà] xa hoi|chu nghia viet nam|dang cong san viet nam|doc lap\b.*hanh phuc|doc lap - tu do)")
NUMBERED: Final = re.compile(
    r"^\W*so(?:\s?(?:/\s?)?ky hieu|\s?hieu)?\s?[:.]?\s?(?P<number>[\dloi]{0,6})[\s._]*(?:/|"
    r"-(?=[a-zđ]{1,4}/))\s?(?P<symbol>[\w&]+(?:\s?[-/.]\s?[\w&]+){0,6})"
)
DATED: Final = re.compile(
    r"(?:(?P<place>[^\n\d,:|\t]{2,50}),\s*)?(?:hoi\s[^\n,]{0,30}?\s)?"
    r"ngay[\s._]*(?P<day>[\dloi]{0,2})[\s._]*thang[\s._]*(?P<month>[\dloi]{0,2})[\s._]*nam[\s._]*(?P<year>[\dloi]{0,4})"
    r"|(?:(?P<place2>[^\n\d,:|\t]{2,50}),\s*)ngay\s(?P<day2>\d{1,2})[/.-](?P<month2>\d{1,2})[/.-](?P<year2>\d{4})"
)
ABOUT: Final = re.compile(r"^\W*(?:v\s?/\s?v|ve viec|trich yeu)\s?:?\s?(?:v\s?/\s?v\s?:?\s?)?")
BASIS: Final = re.compile(r"^\W*(?:can cu|thuc hien|theo|xet|de|ngay|sau khi|nham|trong)\s")
URGENT: Final = {"hoa toc": "hoa-toc", "hoa toc hen gio": "hoa-toc", "thuong khan": "thuong-khan", "khan": "khan"}
SECRET: Final = {"tuyet mat": "tuyet-mat", "toi mat": "toi-mat", "mat": "mat"}
_ENDED: Final = re.compile(r"\.\s?/\s?\.?\s*$|/\.\s*$")
_SIGNS: Final = re.compile(r"^(?:tm|kt|tl|tuq|q)\s?\.\s?\w")


@dataclass(frozen=True)
class Zones:
    """The lines of a letter by zone; `cells` are the head's lines taken apart at wide gaps and bars, `marks` short ones anywhere."""

    cells: tuple[Flow, ...]
    title: Flow | None
    subject: tuple[Flow, ...]
    addressed: tuple[Line, ...]
    body: tuple[Line, ...]
    foot: tuple[Flow, ...]
    marks: tuple[Flow, ...]


def zones_of(text: Flow) -> Zones:
    """Return the zones of a letter's even text."""
    lines = lines_of(text)
    title = _title_at(lines)
    sent = _sent_at(lines)
    end = _foot_at(lines, max(title or 0, sent or 0))
    head, subject, addressed, start = _head(lines[:end], title, sent)
    return Zones(
        cells=tuple(cell for line in lines[:head] for cell in cells_of(line.flow)),
        title=lines[title].flow if title is not None else None,
        subject=tuple(line.flow for line in lines[slice(*subject)]),
        addressed=tuple(paragraphs_of(_opened(lines, addressed))),
        body=tuple(paragraphs_of(lines[start:end])),
        foot=tuple(cell for line in lines[end:] for cell in cells_of(line.flow)),
        marks=tuple(cell for line in lines for cell in cells_of(line.flow) if len(cell) <= LONGEST_MARK),
    )


def cells_of(flow: Flow) -> list[Flow]:
    """Return what stands side by side in a line."""
    found = []
    start = 0
    for match in re.finditer(r"[\t|]|$", flow.text):
        if _is_blank_to_fill(flow, start, match.end()):
            continue
        cell = flow.part(start, match.start()).stripped(" \t|")
        if cell.text:
            found.append(cell)
        start = match.end()
    return found


def _is_blank_to_fill(flow: Flow, start: int, at: int) -> bool:
    """Tell whether a wide gap is left for a number or a date to be written in."""
    left, right = flow.plain[start:at].rstrip(), flow.plain[at:].lstrip()
    return re.search(r"^\W*so\s?:?$", left) is not None or (
        re.search(r"(?:ngay|thang|nam)[\s\d]*$", left) is not None
        and re.match(r"\d{0,4}\s?(?:thang|nam|20\d\d|$)", right) is not None
        and bool(right)
    )


def _title_at(lines: Sequence[Line]) -> int | None:
    for index, line in enumerate(lines[:HEAD_LINES]):
        words = line.flow.plain.strip(" :*#|\t")
        if words in TITLES and line.flow.text.strip(" :*#|\t").isupper():
            return index
    return None


def _sent_at(lines: Sequence[Line]) -> int | None:
    for index, line in enumerate(lines[:HEAD_LINES]):
        if SENT_TO.match(line.flow.plain):
            return index
    return None


def _wired_at(lines: Sequence[Line], title: int) -> int | None:
    for index in range(title + 1, min(title + 8, len(lines))):
        if _is_wire(lines[index]):
            return index
    return None


def _is_wire(line: Line) -> bool:
    """Tell whether a line says who wires: "CHỦ TỊCH ỦY BAN NHÂN DÂN TỈNH … điện:"."""
    match = WIRED_TO.search(line.flow.plain)
    return match is not None and line.flow.text[: match.start()].strip().isupper() | (match.start() == 0)


Slice = tuple[int, int]


def _head(lines: Sequence[Line], title: int | None, sent: int | None) -> tuple[int, Slice, Slice, int]:
    """Return where the head ends, which lines are the subject, which name addressees, and where the body begins."""
    if sent is not None and (title is None or sent < title or sent - title < SUBJECT_LINES):
        end = _block_end(lines, sent, SENT_TO)
        subject = _subject_lines(lines, title) if title is not None and title < sent else (0, 0)
        return sent, subject, (sent, end), end
    if title is None:
        start = _first_of_body(lines)
        return start, (0, 0), (0, 0), start
    subject = _subject_lines(lines, title)
    wired = _wired_at(lines, title)
    if wired is not None:
        end = _block_end(lines, wired, WIRED_TO)
        return title, (subject[0], min(subject[1], wired)), (wired, end), end
    return title, subject, (0, 0), subject[1]


def _block_end(lines: Sequence[Line], start: int, opening: re.Pattern[str]) -> int:
    """Return where the lines end that name addressees, one a line or wrapped."""
    match = opening.search(lines[start].flow.plain)
    has_names = match is not None and len(lines[start].flow.plain[match.end() :].strip()) > 1
    end = start + 1
    while end < len(lines) and _names_more(lines[end - 1], lines[end], is_first=not has_names and end == start + 1):
        end += 1
    return end


def _names_more(before: Line, line: Line, *, is_first: bool) -> bool:
    if BASIS.match(line.flow.plain) or len(line.flow) > LONGEST_NAME:
        return False
    if is_first or line.flow.text.startswith(("-", "+", "•", "*")):
        return True
    return (not line.is_apart and before.flow.text.rstrip().endswith((",", ";", " và"))) or (
        not line.is_apart and line.flow.text[:1].islower()
    )


def _opened(lines: Sequence[Line], block: Slice) -> list[Line]:
    """Return the addressees' lines without the words that open them."""
    found = list(lines[slice(*block)])
    if found:
        flow = found[0].flow
        match = SENT_TO.match(flow.plain) or WIRED_TO.search(flow.plain)
        rest = flow.part(match.end()) if match else flow
        found[:1] = [Line(rest)] if rest.text.strip() else []
    return found


def _subject_lines(lines: Sequence[Line], title: int) -> Slice:
    end = title + 1
    while end < len(lines) and end - title <= SUBJECT_LINES and _is_subject(lines, title, end):
        end += 1
    return (title + 1, end)


def _is_subject(lines: Sequence[Line], title: int, at: int) -> bool:
    line, before = lines[at], lines[at - 1]
    if at == title + 1:
        return not BASIS.match(line.flow.plain)
    if line.is_apart or _is_wire(line) or re.match(r"\W*(?:can cu|thuc hien|theo)\s", line.flow.plain):
        return False
    if line.flow.text.isupper() and not before.flow.text.isupper():
        return False
    return not before.flow.text.endswith((".", ";", ":")) and len(line.flow) < LONGEST_SUBJECT_LINE


def _first_of_body(lines: Sequence[Line]) -> int:
    """Return where the body of a letter begins that has neither title nor addressees: after what is known of heads."""
    known = [index for index, line in enumerate(lines[:HEAD_LINES]) if any(is_known(cell) for cell in cells_of(line.flow))]
    if not known:
        return 0
    last = known[0]
    for index in known[1:]:
        if index - last > SUBJECT_LINES // 2 or (
            _is_numbered(lines[index]) and any(_is_numbered(lines[at]) for at in known[: known.index(index)])
        ):
            break
        last = index
    start = last + 1
    while (
        start < len(lines) - 1 and not lines[start].is_apart and len(lines[start].flow) < LONGEST_HEAD_LINE and not lines[start].is_marked
    ):
        start += 1
    return start


def _is_numbered(line: Line) -> bool:
    return any(NUMBERED.match(cell.plain) for cell in cells_of(line.flow))


def is_known(cell: Flow) -> bool:
    """Tell whether a cell of the head is motto, number, date, subject or mark."""
    plain = cell.plain
    short = plain.strip(" .:*!")
    if short in URGENT or short in SECRET or MOTTO.match(plain) or NUMBERED.match(plain) or ABOUT.match(plain):
        return True
    return DATED.search(plain) is not None and len(plain) < LONGEST_KNOWN


def _foot_at(lines: Sequence[Line], after: int) -> int:
    """Return where the foot begins: at "Nơi nhận" or the signature, whichever comes first after the body's last words."""
    ended = [index for index in range(after, len(lines)) if _ENDED.search(lines[index].flow.text)]
    for index in range(after, len(lines)):
        cells = cells_of(lines[index].flow)
        is_ahead = bool(ended) and ended[0] > index  # a list of recipients before the body, as forms for typing have it
        if any(RECIPIENTS.match(cell.plain) for cell in cells) and not is_ahead:
            return _signed_before(after, index, ended)
        if any(_SIGNS.match(cell.plain) and cell.text.isupper() for cell in cells):
            return index
    return ended[-1] + 1 if ended else len(lines)


def _signed_before(after: int, at: int, ended: Sequence[int]) -> int:
    before = [index for index in ended if after <= index < at]
    if before and at - before[-1] <= SUBJECT_LINES + 2:
        return before[-1] + 1
    return at
