"""Lines of a letter and the paragraphs that they make: wrapped lines joined, page numbers dropped, table rows kept apart."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from services.directives.intake.flow import Flow
from services.directives.intake.word_patterns import begins_with_verb

_PAGE_NUMBER: Final = re.compile(r"(?:trang\s)?-?\s?\d{1,3}\s?(?:/\s?\d{1,3})?\s?-?", re.IGNORECASE)
_MARKED: Final = re.compile(
    (
        r"(?:[-+*•●▪o]\s|[-+•](?=[^\W\d])|(?:điều|khoản|phần|chương|mục)\s[0-9ivx]+\b|[ivx]{1,5}\s?[.)/:-]\s|[a-hđk]\s?[.)/]\s|"
        r"\(\d{1,2}\)\s|(?:một|hai|ba|bốn|năm|sáu|bảy) là\s?[,:]|thứ (?:nhất|hai|ba|tư|năm|sáu|bảy|tám)\s?[,:]\s|\d{1,2}\s?-\s(?=[^\W\d])|"
        r"[0-9l]{1,2}(?:\.\d{1,2}){0,3}\s?[.)/](?:\s|(?=[^\W\d]))|\d{1,2}(?:\.\d{1,2}){1,3}\s|nơi nhận|kính gửi|căn cứ|tm\.|kt\.|tl\.|"
        r"tuq\.)"
    ),
    re.IGNORECASE,
)
_ENDS: Final = (".", ";", ":", "./.", "!", "?")
_LEANS: Final = re.compile(
    r"(?:,|-|(?<!\w)(?:và|với|của|về|cho|tại|từ|đến|ngày|tháng|năm|số|các|những|theo|trong|trên|do|là|bằng|để|hoặc|cùng|thuộc|"
    r"ủy ban|nhân dân|trước|sau|sở|phòng|bộ|ban|văn phòng|trung tâm|cục|chi cục|chủ tịch|giám đốc|công an|xã|huyện|tỉnh|thị xã|"
    r"thành phố|phường))$"
)
_BROKEN: Final = re.compile(r"[^\W\d]-$")
_COUNTS: Final = re.compile(r"\d{1,2}\s?[.)]\s[A-ZĐÀ-Ỹ]")
_DIVIDER: Final = re.compile(r"[-_=*~.\s|:—]+")
_RARELY_DOUBLE: Final = 0.6
_NEARLY_FULL: Final = 0.75
_MANY_LINES: Final = 6
LONGEST_PARAGRAPH: Final = 8_000
MOST_WRAPPED: Final = 400
"""How many lines one paragraph has at most; no letter has longer ones."""


@dataclass(frozen=True)
class Line:
    """A line with something on it; `is_apart` where an empty line stands before it."""

    flow: Flow
    is_apart: bool = False
    follows_row: bool = False

    @property
    def is_row(self) -> bool:
        """Whether it is a row of a table: cells with bars or tabs between them; one is enough where a row came before."""
        if self.follows_row and ("|" in self.flow.text or "\t" in self.flow.text):
            return True
        return self.flow.text.count("|") > 1 or self.flow.text.count("\t") > 1

    @property
    def is_marked(self) -> bool:
        """Whether it begins with a number, a letter, a dash or a word that begins something new."""
        return _MARKED.match(self.flow.low) is not None


def lines_of(text: Flow) -> list[Line]:
    """Return the lines that hold something; dividers and page numbers are none."""
    found: list[Line] = []
    is_apart = is_turned = False
    for flow in _raw(text):
        if _PAGE_NUMBER.fullmatch(flow.text):
            is_turned = True
        elif not flow.text or _DIVIDER.fullmatch(flow.text):
            is_apart = True
        else:
            found.append(Line(flow, is_apart and not is_turned))
            is_apart = is_turned = False
    return _single_spaced(found)


def _raw(text: Flow) -> Iterator[Flow]:
    start = 0
    for match in re.finditer(r"\n|$", text.text):
        yield text.part(start, match.start())
        start = match.end()


def _single_spaced(lines: list[Line]) -> list[Line]:
    """Return the lines of a text whose every line has an empty one after it as if none had: they part no paragraphs there."""
    apart = sum(line.is_apart for line in lines)
    if len(lines) < _MANY_LINES or apart < len(lines) * _RARELY_DOUBLE:
        return lines
    if not any(_goes_on(before, after, 0) for before, after in pairwise(lines) if after.is_apart):
        return lines
    return [Line(line.flow) for line in lines]


def paragraphs_of(lines: Sequence[Line]) -> list[Line]:
    """Return lines with those joined that were only wrapped."""
    width = _width(lines)
    runs: list[list[Line]] = []
    for each in lines:
        line = Line(each.flow, each.is_apart, follows_row=bool(runs) and runs[-1][-1].is_row)
        if runs and not line.is_row and not runs[-1][-1].is_row and _goes_on(runs[-1][-1], line, width) and len(runs[-1]) < MOST_WRAPPED:
            runs[-1].append(line)
        else:
            runs.append([line])
    joined = (Line(_join([line.flow for line in run]), run[0].is_apart, run[0].follows_row) for run in runs)
    return [piece for line in joined for piece in _pieces(line)]


def _pieces(line: Line) -> Iterator[Line]:
    """Give a line in pieces of a length that no paragraph of a letter exceeds: what takes the square of a length stays short."""
    start = 0
    while len(line.flow) - start > LONGEST_PARAGRAPH:
        end = line.flow.text.rfind(" ", start + 1, start + LONGEST_PARAGRAPH) + 1 or start + LONGEST_PARAGRAPH
        yield Line(line.flow.part(start, end), line.is_apart, line.follows_row)
        start = end
    yield Line(line.flow.part(start), line.is_apart, line.follows_row) if start else line


def _width(lines: Sequence[Line]) -> int:
    lengths = sorted(len(line.flow) for line in lines)
    return lengths[len(lengths) * 9 // 10] if lengths else 0


def _goes_on(before: Line, after: Line, width: int) -> bool:
    """Tell whether a line goes on the sentence of the one before it."""
    left, right = before.flow, after.flow
    if _BROKEN.search(left.text) and right.text[:1].islower():
        return True
    if after.is_marked:
        is_counted = _COUNTS.match(right.text) is not None
        return right.text[:1].isdigit() and not is_counted and left.low.endswith(("ngày", "số", "tháng", "năm"))
    begins_duty = before.is_marked and right.text[:1].isupper() and begins_with_verb(right)
    if left.text.endswith(";") and right.text[:1].islower() and _is_full(left, right, after, width):
        return True
    if left.text.endswith(_ENDS) or begins_duty:
        return False
    return right.text[:1].islower() or _LEANS.search(left.low) is not None or _is_full(left, right, after, width)


def _is_full(left: Flow, right: Flow, after: Line, width: int) -> bool:
    """Tell whether a line is so long that it may have been wrapped, and nothing parts it from the next."""
    if after.is_apart or left.text.isupper() or right.text.isupper():
        return False
    return len(left) >= min(width * _NEARLY_FULL if width else _WIDTH_OF_PAGE, _WIDTH_OF_PAGE)


_WIDTH_OF_PAGE: Final = 55


def _join(flows: list[Flow]) -> Flow:
    """Return wrapped lines as one, with single spaces, words that were broken at a line's end whole again."""
    if len(flows) == 1:
        return flows[0]
    words: list[list[Flow]] = [[]]
    for flow, following in zip(flows, [*flows[1:], None], strict=True):
        is_broken = following is not None and _BROKEN.search(flow.text) is not None and following.text[:1].islower()
        words[-1].append(flow.part(0, len(flow) - 1) if is_broken else flow)
        if not is_broken:
            words.append([])
    return Flow.joined([Flow.joined(word, "") for word in words if word])


def spaced(flow: Flow) -> Flow:
    """Return a paragraph with its wide gaps as single spaces."""
    return Flow(re.sub(r"\s", " ", flow.text), flow.starts, flow.ends)
