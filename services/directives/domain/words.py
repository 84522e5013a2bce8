"""Words to search by: lower case, without Vietnamese diacritics, so that "phuoc long" finds "Phước Long"."""

import unicodedata
from collections.abc import Iterable

# What stands between words: in ASCII everything but letters and digits, and the few other signs that may join two words.
_SPACES = bytes(code if chr(code).isalnum() else ord(" ") for code in range(128)) + b" " * 128
_JOINTS = ("\u00a0", "\u2013", "\u2014", "\u2026")


def words_of(texts: Iterable[str | None]) -> str:
    """Return the distinct words of some texts, folded, separated by spaces."""
    return b" ".join(dict.fromkeys(_split(" ".join(filter(None, texts))))).decode()


def match_all(question: str | None) -> str | None:
    """Return a tsquery for all words of a question, the last one as a beginning, or None where it has no word."""
    words = [word.decode() for word in _split(question or "")]
    return " & ".join([*(f"'{word}'" for word in words[:-1]), f"'{words[-1]}':*"]) if words else None


def _split(text: str) -> list[bytes]:
    """Return the words of a text, folded: letters are taken apart (NFD), and marks, which are no ASCII, fall away."""
    # The stroke of đ is no combining mark, so NFD leaves it.
    plain = text.lower().replace("đ", "d")
    for joint in _JOINTS:
        plain = plain.replace(joint, " ")
    return unicodedata.normalize("NFD", plain).encode("ascii", "ignore").translate(_SPACES).split()
