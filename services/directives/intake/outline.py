"""The outline of a letter's body: items with marks (Điều, roman, numbers, letters, dashes), each below the one that it belongs to."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from services.directives.intake.flow import Flow
from services.directives.intake.lines import Line, spaced

_WORDS: Final = {word: str(at) for at, word in enumerate(("một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám"), 1)} | {
    "nhất": "1",
    "tư": "4",
}
LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
_ROMAN: Final = {"i": 1, "v": 5, "x": 10}

_MARKS: Final = (
    ("article", re.compile(r"(?:điều|dieu)\s(?P<mark>\d{1,3})\s?[.:]?\s?", re.IGNORECASE)),
    ("part", re.compile(r"(?:phần|chương|mục)\s(?P<mark>[ivx]{1,5}|\d{1,2})\s?[.:]?\s?", re.IGNORECASE)),
    ("roman", re.compile(r"(?P<mark>[IVX]{1,5})\s?[.):-]\s?(?=\S)")),
    (
        "number",
        re.compile(
            r"\((?P<mark>\d{1,2})\)\s?(?=\S)|(?P<word>một|hai|ba|bốn|năm|sáu|bảy|tám)\slà\s?[,:]\s|"
            r"thứ\s(?P<nth>nhất|hai|ba|tư|năm|sáu|bảy|tám)\s?[,:]\s",
            re.IGNORECASE,
        ),
    ),
    ("dotted", re.compile(r"(?P<mark>\d{1,2}(?:\.\d{1,2}){1,3})\s?[.)]?\s(?=\S)")),
    ("number", re.compile(r"(?P<mark>\d{1,2}|l)\s?(?:[.)/](?:\s|(?=[^\W\d]))|-\s(?=[^\W\d]))")),
    ("upper", re.compile(r"(?P<mark>[A-HĐ])\s?[.)]\s")),
    ("letter", re.compile(r"(?P<mark>[a-zđ])\s?[.)/-]\s?(?=\S)")),
    ("plus", re.compile(r"(?P<mark>\+)\s?(?=\S)")),
    ("dash", re.compile(r"(?P<mark>[-*•●▪])\s?(?=\S)")),
)


@dataclass
class Item:
    """A marked item, or a paragraph without a mark (kind "none"); `labels` are all marks above and its own, outermost first."""

    kind: str
    labels: tuple[str, ...]
    flow: Flow
    parent: "Item | None" = None
    children: "list[Item]" = field(default_factory=list)
    more: list[Flow] = field(default_factory=list)
    rows: list[Line] = field(default_factory=list)

    @property
    def number(self) -> str:
        """All marks, joined by dots."""
        return ".".join(self.labels)


def outline(paragraphs: Sequence[Line]) -> list[Item]:
    """Return all items in the order of the text."""
    builder = _Builder()
    for line in paragraphs:
        builder.take(line)
    return builder.items


class _Builder:
    """Puts each paragraph where it belongs: `open` is the chain of items that the next one may stand below."""

    def __init__(self) -> None:
        self.items: list[Item] = []
        self.open: list[Item] = []

    def take(self, line: Line) -> None:
        flow = line.flow
        if line.is_row:
            self._row(line)
            return
        flow = spaced(flow)
        kind, mark, end = read_mark(flow)
        if kind == "none":
            item = Item("none", self._labels(), flow, self.open[-1] if self.open else None)
        else:
            item = self._marked(kind, mark, flow.part(end))
        if item.parent:
            item.parent.children.append(item)
        self.items.append(item)

    def _labels(self) -> tuple[str, ...]:
        return self.open[-1].labels if self.open else ()

    def _row(self, line: Line) -> None:
        last = self.items[-1] if self.items else None
        if last is None or not last.rows:
            last = Item("table", self._labels(), line.flow.part(0, 0), self.open[-1] if self.open else None)
            if last.parent:
                last.parent.children.append(last)
            self.items.append(last)
        last.rows.append(line)

    def _marked(self, kind: str, mark: str, flow: Flow) -> Item:
        self._close(kind, mark)
        parent = self.open[-1] if self.open else None
        above = parent.labels if parent else ()
        item = Item(kind, (*above, self._label(kind, mark, parent)), flow, parent)
        if kind == "dotted":
            item.labels = (*_above_dotted(above, mark), mark)
        self.open.append(item)
        return item

    def _close(self, kind: str, mark: str) -> None:
        """Close the items that a new one cannot stand below: from the last of its own kind on."""
        at = next((index for index, item in enumerate(self.open) if _is_same(item, kind, mark)), None)
        if at is not None:
            del self.open[at:]

    def _label(self, kind: str, mark: str, parent: Item | None) -> str:
        if kind not in {"dash", "plus"}:
            return "1" if mark == "l" else mark
        siblings = parent.children if parent else [item for item in self.items if item.parent is None]
        count = sum(item.kind == kind for item in siblings)
        return LETTERS[count] if count < len(LETTERS) else str(count + 1)


def _is_same(item: Item, kind: str, mark: str) -> bool:
    if item.kind != kind:
        return False
    return kind != "dotted" or item.labels[-1].count(".") >= mark.count(".")


def _above_dotted(above: tuple[str, ...], mark: str) -> tuple[str, ...]:
    """Return the labels above a mark like 1.1 without those that it repeats."""
    while above and mark.startswith(f"{above[-1]}."):
        above = above[:-1]
    return above


def read_mark(flow: Flow) -> tuple[str, str, int]:
    """Return the kind of mark that a paragraph begins with, the mark, and where the text after it begins."""
    for kind, pattern in _MARKS:
        match = pattern.match(flow.text)
        if match:
            return kind, _mark_of(match), match.end()
    return "none", "", 0


def _mark_of(match: re.Match[str]) -> str:
    named = match.groupdict()
    word = named.get("word") or named.get("nth")
    return named["mark"] or _WORDS[(word or "").lower()]


def following(item: Item, items: Sequence[Item]) -> str:
    """Return the label that comes after the last marked item at the outermost level before this one: its paragraphs count on."""
    before = [each for each in items[: items.index(item)] if each.kind != "none" and each.labels]
    outer = [each for each in before if each.parent is None] or before
    return next_label(outer[-1].labels[-1], outer[-1].kind) if outer else "1"


def next_label(label: str, kind: str) -> str:
    """Return the label after a label: 2 after 1, b after a, II after I."""
    if label.isdigit():
        return str(int(label) + 1)
    if kind == "roman":
        return _roman(_value(label) + 1)
    if len(label) == 1 and label.lower() in LETTERS[:-1]:
        return chr(ord(label) + 1)
    return f"{label}.1"


def _value(roman: str) -> int:
    values = [_ROMAN[sign] for sign in roman.lower()]
    return sum(-value if value < after else value for value, after in zip(values, [*values[1:], 0], strict=True))


def _roman(value: int) -> str:
    tens, rest = divmod(max(value, 1), 10)
    return "X" * tens + ("", "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX")[rest]


def ancestors(item: Item) -> Iterator[Item]:
    """Give the items above one, the nearest first."""
    above = item.parent
    while above:
        yield above
        above = above.parent
