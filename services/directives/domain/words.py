"""Words to search by: lower case, without Vietnamese diacritics, so that "phuoc long" finds "Phước Long"."""

import re
import unicodedata
from collections.abc import Iterable

_WORD = re.compile(r"\w+")


def words_of(texts: Iterable[str | None]) -> str:
    """Return the distinct words of some texts, folded, separated by spaces."""
    return " ".join(dict.fromkeys(_split(" ".join(filter(None, texts)))))


def match_all(question: str | None) -> str | None:
    """Return a tsquery for all words of a question, the last one as a beginning, or None where it has no word."""
    words = _split(question or "")
    return " & ".join([*(f"'{word}'" for word in words[:-1]), f"'{words[-1]}':*"]) if words else None


def _split(text: str) -> list[str]:
    """Return the words of a text, folded: composed first (marks are no word characters), then taken apart, marks dropped."""
    words = " ".join(_WORD.findall(unicodedata.normalize("NFC", text).lower()))
    # NFD takes every Vietnamese letter apart but đ, whose stroke is no combining mark.
    return unicodedata.normalize("NFD", words.replace("đ", "d")).encode("ascii", "ignore").decode().split()
