"""What a mail address, a telephone number and a webhook look like; whether anybody is there is known once something was sent."""

import re
from typing import Final
from urllib.parse import urlsplit

# A deliberate subset of RFC 5321: no quoted local parts, no address literals, no comments.
_MAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")
_TELEPHONE: Final = re.compile(r"\+?[0-9][0-9 ().-]{4,24}[0-9]")


def check_address(kind: str, value: str) -> None:
    """Raise ValueError for a value that cannot be of its kind."""
    if kind == "mail" and not _MAIL.fullmatch(value):
        raise ValueError("value should be a mail address such as vanthu@example.gov.vn")
    if kind == "telephone" and not _TELEPHONE.fullmatch(value):
        raise ValueError("value should be a telephone number such as +84 271 3888 888")
    if kind == "webhook" and not _is_https(value):
        raise ValueError("value should be an https address without user, password or fragment")


def _is_https(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port_is_known = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_whole = parts.scheme == "https" and bool(parts.hostname) and port_is_known
    return is_whole and "@" not in parts.netloc and not parts.fragment and re.search(r"[\s\x00-\x1f\x7f\\]", value) is None
