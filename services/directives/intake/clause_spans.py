"""Where the clauses of a paragraph begin and end."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from services.directives.intake.flow import Flow, Span
from services.directives.intake.units import Units

_CUT: Final = re.compile(r";\s|\.\s+(?=[\"(]?[^\W\d_a-zà-ỹ])|(?<=[^\d\s])\.\s?/\s?\.|$")
_INLINE: Final = re.compile(r"\s*\(?(?:\d{1,2}|[a-hđ]|i{1,3}|iv|v)\)\s?")
_ABBREVIATION: Final = re.compile(r"(?:^|[\s(])(?:[A-ZĐ][\w]{0,2}|tp|đ/c|v\.v|st)$")

Role = Literal["given", "asked", "subject", "adverbial", "past", "giver", "none"]


@dataclass(frozen=True)
class Clause:
    """A clause, who has to act in it, where what it gives begins, and where that is told."""

    start: int
    end: int
    role: Role
    units: Units | None = None
    opens: int = 0
    predicate: int = 0


def spans_of(flow: Flow) -> Iterator[Span]:
    """Give the clauses of a paragraph: what ends with a semicolon or a full stop outside parentheses."""
    start = 0
    for match in _CUT.finditer(flow.text):
        if match.start() == start == len(flow.text) or not _is_cut(flow, start, match):
            continue
        inline = _INLINE.match(flow.text, start)
        begin = inline.end() if inline else start
        if flow.text[begin : match.start()].strip():
            yield begin, match.start()
        start = match.end()


def _is_cut(flow: Flow, start: int, match: re.Match[str]) -> bool:
    if match.end() == len(flow.text) and not match[0]:
        return True
    before = flow.text[start : match.start()]
    if before.count("(") > before.count(")"):
        return False
    return not (match[0].startswith(".") and _ABBREVIATION.search(before))
