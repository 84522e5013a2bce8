"""Text made even, each character with the place that it came from, so that whatever is read out of it can be quoted from the original."""

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import groupby
from typing import Self

Span = tuple[int, int]
"""Where something stands in the original text: [start, end) in code points."""

_COMBINING_FROM = 0x300
_PRECOMPOSED = range(0x1E00, 0x1F00)
_WIDE_GAP = 3
_LONGEST_CLUSTER = 32
"""More marks on one letter are noise (UAX #15 takes 30 as the most that text has)."""

# What letters hold in place of the plain sign; dashes and quotes of typesetting, look-alikes of OCR, invisible characters.
_EVEN = {
    **dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2212\u00ad", "-"),
    **dict.fromkeys("\u2018\u2019\u2032\u00b4`", "'"),
    **dict.fromkeys("\u201c\u201d", '"'),
    **dict.fromkeys("\r\n\v\f\x1c\x1d\x1e\x85\u2028\u2029", "\n"),
    **dict.fromkeys("\u200b\u200c\u200d\u2060\ufeff\u0000", ""),
    "\u00d0": "Đ", "\u0110": "Đ", "\u00f0": "đ", "\u00ad": "", "\u2026": "…",
}  # fmt: skip

# Where the tone mark stands in open syllables: letters write both "uỷ" and "ủy"; "quý" is no such pair.
_OLD_TONES = ["oà", "oá", "oả", "oã", "oạ", "oè", "oé", "oẻ", "oẽ", "oẹ", "uỳ", "uý", "uỷ", "uỹ", "uỵ"]
_NEW_TONES = ["òa", "óa", "ỏa", "õa", "ọa", "òe", "óe", "ỏe", "õe", "ọe", "ùy", "úy", "ủy", "ũy", "ụy"]
_TONES = dict(zip(_OLD_TONES, _NEW_TONES, strict=True))

_TONE = re.compile(rf"(?<!q)(?:{'|'.join(_TONES)})(?!\w)")


@dataclass(frozen=True)
class Flow:
    """A text with, for each of its characters, where that came from; characters that were put in come from nowhere wide."""

    text: str
    starts: Sequence[int]
    ends: Sequence[int]

    def __len__(self) -> int:
        return len(self.text)

    def span(self, start: int = 0, end: int | None = None) -> Span:
        """Return where a part of this text stands in the original; an empty part stands where it would begin."""
        last = len(self.text) if end is None else end
        if start >= last:
            at = self.starts[start] if start < len(self.text) else self.ends[-1] if self.ends else 0
            return (at, at)
        return (self.starts[start], self.ends[last - 1])

    def part(self, start: int, end: int | None = None) -> "Flow":
        """Return a part of this text; what was worked out of the whole is not worked out again."""
        part = Flow(self.text[start:end], self.starts[start:end], self.ends[start:end])
        for name in ("low", "plain"):
            if name in self.__dict__:
                part.__dict__[name] = self.__dict__[name][start:end]
        return part

    def stripped(self, signs: str = " \t\n") -> "Flow":
        """Return the text without some signs at its ends."""
        start = len(self.text) - len(self.text.lstrip(signs))
        return self.part(start, max(start, len(self.text.rstrip(signs))))

    @cached_property
    def low(self) -> str:
        """The text in lower case, tone marks where the new spelling has them; as long as the text."""
        lower = "".join(sign.lower() if len(sign.lower()) == 1 else sign for sign in self.text)
        return _TONE.sub(lambda match: _TONES[match[0]], lower)

    @cached_property
    def plain(self) -> str:
        """The text in lower case, without diacritics; as long as the text."""
        return "".join(_PLAIN.get(sign) or _plain(sign) for sign in self.low)

    @classmethod
    def joined(cls, flows: Iterable["Flow"], between: str = " ") -> Self:
        """Return several texts as one; what is put between them stands, in the original, where the text before ends."""
        text: list[str] = []
        starts: list[int] = []
        ends: list[int] = []
        for flow in flows:
            if text:
                text.append(between)
                starts += [ends[-1] if ends else 0] * len(between)
                ends += [ends[-1] if ends else 0] * len(between)
            text.append(flow.text)
            starts += flow.starts
            ends += flow.ends
        return cls("".join(text), starts, ends)


_PLAIN = {chr(code): chr(code) for code in range(128)}


def _plain(sign: str) -> str:
    if sign.isascii():
        return sign
    return "d" if sign == "đ" else unicodedata.normalize("NFD", sign)[0]


def fold(text: str) -> str:
    """Return a text as names and answers are compared: composed, lower case, no diacritics, single spaces."""
    return " ".join(even(text).plain.split())


def even(text: str) -> Flow:
    """Return a text composed (NFC), with plain signs, single spaces within lines (a tab where the gap was wide), and lines stripped."""
    signs: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for sign, start, end in _spaced(text):
        signs.append(sign)
        starts.append(start)
        ends.append(end)
    return Flow("".join(signs), starts, ends)


_Sign = tuple[str, int, int]


def _spaced(text: str) -> Iterator[_Sign]:
    """Give the signs of a text with runs of white space as one sign each, none at the ends of lines."""
    is_begun = False
    gap: list[_Sign] = []
    for kind, group in groupby(_signs(text), key=lambda sign: "\n" if sign[0] == "\n" else sign[0].isspace()):
        run = list(group)
        if kind == "\n":
            is_begun, gap = False, []
            yield from run
        elif kind:
            gap = _gap(run) if is_begun else []
        else:
            if gap:
                yield from gap
            is_begun, gap = True, []
            yield from run


def _gap(run: list[_Sign]) -> list[_Sign]:
    """Return what is kept of white space: each tab, since a table's cells may be empty, or one sign for all of it."""
    tabs = [sign for sign in run if sign[0] == "\t"]
    return tabs or [("\t" if len(run) >= _WIDE_GAP else " ", run[0][1], run[-1][2])]


def _signs(text: str) -> Iterator[_Sign]:
    """Give each composed character with its place; CR LF is one line's end."""
    for start, end in _clusters(text):
        for sign in unicodedata.normalize("NFC", text[start:end]):
            shown = _EVEN.get(sign, sign)
            if shown == "\n" and text[start] == "\n" and start and text[start - 1] == "\r":
                continue
            if shown and (shown == "\n" or shown.isspace() or unicodedata.category(shown) not in {"Cc", "Cf", "Cs"}):
                yield shown, start, end


def _clusters(text: str) -> Iterator[Span]:
    """Give the runs of code points that compose with each other; nothing composes across their borders."""
    start = 0
    for at in range(1, len(text) + 1):
        if at == len(text) or not _composes(text, start, at):
            yield start, at
            start = at


def _composes(text: str, start: int, at: int) -> bool:
    code = ord(text[at])
    if code < _COMBINING_FROM or code in _PRECOMPOSED:
        return False
    if at - start >= _LONGEST_CLUSTER:
        return False
    if unicodedata.combining(text[at]):
        return True
    whole = unicodedata.normalize("NFC", text[start : at + 1])
    return whole != unicodedata.normalize("NFC", text[start:at]) + unicodedata.normalize("NFC", text[at])
