"""Codes of units in their one form: that of QĐ 20/2020/QĐ-TTg.

There are two schemes. In QĐ 20/2020/QĐ-TTg level 1 (a ministry or province: a letter and two digits) is leftmost, and each further level
follows after a dot (`H10.21.3`). In QCVN 102:2016/BTTTT level 1 is rightmost, and the lower levels stand before it as numbers that are
filled up with zeros, level 4 leftmost; levels that a unit does not have are zeros (`000.00.00.H49`, `002.00.20.H13`).
"""

import re

_WHOLE = re.compile(r"[0-9A-Z]+(?:\.[0-9A-Z]+)*")
_QCVN_102 = re.compile(r"(?:[0-9]+\.)+[A-Z][0-9]{2}")


def is_code(code: str) -> bool:
    """Return whether a code has no empty level."""
    return _WHOLE.fullmatch(code) is not None


def canonical_code(code: str) -> str:
    """Return the one form of a code, in whichever scheme it is written: level 1 leftmost, numbers without leading zeros.

    Levels of zeros at the end are left out; one between two levels stays, as `0`, since without it two units would have one code. What is
    not a code stays as it is, in capitals and without the space around it.
    """
    text = code.strip().upper()
    if not is_code(text):
        return text
    levels = text.split(".")
    if _QCVN_102.fullmatch(text):
        levels.reverse()
    plain = [levels[0], *(_plain(level) for level in levels[1:])]
    while len(plain) > 1 and plain[-1] == "0":
        plain.pop()
    return ".".join(plain)


def _plain(level: str) -> str:
    return level.lstrip("0") or "0" if level.isdigit() else level
