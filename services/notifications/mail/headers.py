"""Headers that hold people's words: each run of words encoded as a whole (RFC 2047), whatever it says.

Python 3.11's own way loses blanks of folded Vietnamese, so that two words are read as one, and decodes what looks encoded already, line
breaks hidden in it and all: whoever words a title could add headers.
"""

import re
from email.header import Header
from email.message import EmailMessage
from email.policy import EmailPolicy
from typing import Final

LINE: Final = 76
"""The longest line with an encoded word (RFC 2047, 2)."""
_PLAIN: Final = re.compile(r"[A-Za-z0-9]+(?: [A-Za-z0-9]+)*")
_SHORT: Final = 50


class _Folded(str):
    """A header that `email` takes as it is; it asks such an object for its name, and for its lines."""

    __slots__ = ("name",)
    name: str

    @classmethod
    def of(cls, name: str, value: str) -> "_Folded":
        """Return a header whose value has its line breaks already."""
        made = cls(value)
        made.name = name
        return made

    def fold(self, *, policy: EmailPolicy) -> str:
        """Return the header as it is written."""
        return f"{self.name}: {self}{policy.linesep}"


def set_words(mail: EmailMessage, name: str, text: str) -> None:
    """Set a header to words alone, such as a subject."""
    mail[name] = _Folded.of(name, _encoded(name, text))


def set_address(mail: EmailMessage, name: str, words: str, address: str) -> None:
    """Set a header to one mail address with the name of whose it is."""
    mail[name] = _Folded.of(name, f"{_encoded(name, words)}\r\n <{address}>" if words else f"<{address}>")


def one_line(text: str) -> str:
    """Return a text as one line without control characters: no header may begin another one."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def _encoded(name: str, text: str) -> str:
    line = one_line(text)
    if len(line) <= _SHORT and _PLAIN.fullmatch(line):
        return line
    return Header(line, "utf-8", maxlinelen=LINE, header_name=name).encode(linesep="\r\n")
