"""Automatic numbers of Word's lists: a paragraph holds no "1." or "a)", only which list and level it belongs to."""

import re
from collections import defaultdict
from typing import Any, Final

from docx.document import Document
from docx.oxml.ns import qn
from docx.text.paragraph import Paragraph

_LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_ROMAN: Final = ((50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))
_MOST_LEVELS: Final = 9


class Numbers:
    """Counts the items of a document's lists as its paragraphs come."""

    def __init__(self, document: Document) -> None:
        numbering = next((part for part in document.part.package.iter_parts() if part.partname == "/word/numbering.xml"), None)
        root = getattr(numbering, "element", None)
        self._levels = _levels_of(root) if root is not None else {}
        self._counts: dict[str, list[int]] = defaultdict(lambda: [0] * _MOST_LEVELS)

    def next(self, paragraph: Paragraph) -> str:
        """Return the mark of a paragraph with a space after it, or nothing where it belongs to no list."""
        place = _place(paragraph)
        if place is None:
            return ""
        listed, level = place
        levels = self._levels.get(listed, {})
        if level not in levels:
            return ""
        start, form, text = levels[level]
        if form == "none":
            return ""
        counts = self._counts[listed]
        counts[level] = counts[level] + 1 if counts[level] else start
        counts[level + 1 :] = [0] * (_MOST_LEVELS - level - 1)
        return "- " if form == "bullet" else _filled(text, counts, levels) + " "


_Level = tuple[int, str, str]


def _levels_of(root: Any) -> dict[str, dict[int, _Level]]:  # noqa: ANN401  an element of lxml
    kinds = {kind.get(qn("w:abstractNumId")): kind for kind in root.iter(qn("w:abstractNum"))}
    found: dict[str, dict[int, _Level]] = {}
    for listed in root.iter(qn("w:num")):
        kind = kinds.get(_value(listed, "w:abstractNumId"))
        if kind is not None:
            found[listed.get(qn("w:numId"))] = dict(_level(level) for level in kind.iter(qn("w:lvl")))
    return found


def _level(level: Any) -> tuple[int, _Level]:  # noqa: ANN401  an element of lxml
    at = _whole(level.get(qn("w:ilvl")))
    return at, (_whole(_value(level, "w:start") or "1"), _value(level, "w:numFmt") or "decimal", _value(level, "w:lvlText") or "")


def _value(element: Any, name: str) -> str | None:  # noqa: ANN401  an element of lxml
    child = element.find(qn(name))
    return None if child is None else child.get(qn("w:val"))


def _whole(text: str | None) -> int:
    return int(text) if text and text.isdigit() else 0


def _place(paragraph: Paragraph) -> tuple[str, int] | None:
    """Return list and level of a paragraph, its own or its style's."""
    style = paragraph.style
    for element in (paragraph._p.pPr, style.element.find(qn("w:pPr")) if style is not None else None):  # noqa: SLF001  where Word keeps it
        properties = element.find(qn("w:numPr")) if element is not None else None
        if properties is not None and (listed := _value(properties, "w:numId")):
            level = _whole(_value(properties, "w:ilvl"))
            return (listed, level) if listed != "0" and level < _MOST_LEVELS else None
    return None


def _filled(text: str, counts: list[int], levels: dict[int, _Level]) -> str:
    def one(match: re.Match[str]) -> str:
        at = int(match[1]) - 1
        form = levels[at][1] if at in levels else "decimal"
        return written(counts[at] or 1, form)

    return re.sub(r"%([1-9])", one, text)


def written(count: int, form: str) -> str:
    """Return a count in one of Word's forms of numbers; forms that letters do not use are written as digits."""
    if form in {"lowerLetter", "upperLetter"}:
        letter = _LETTERS[(count - 1) % len(_LETTERS)] * ((count - 1) // len(_LETTERS) + 1)
        return letter if form == "lowerLetter" else letter.upper()
    if form in {"lowerRoman", "upperRoman"}:
        return _roman(count) if form == "lowerRoman" else _roman(count).upper()
    return str(count)


def _roman(count: int) -> str:
    signs = ""
    for value, sign in _ROMAN:
        times, count = divmod(count, value)
        signs += sign * times
    return signs
