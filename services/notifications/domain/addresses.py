"""What a mail address, a telephone number and a webhook look like; whether anybody is there is known once something was sent."""

import re
from typing import Final

from services.notifications.domain.destinations import PUBLIC, Reach, parse_destination

# A deliberate subset of RFC 5321: no quoted local parts, no address literals, no comments.
_MAIL: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}")
_TELEPHONE: Final = re.compile(r"\+?[0-9][0-9 ().-]{4,24}[0-9]")


def check_address(kind: str, value: str, reach: Reach = PUBLIC) -> None:
    """Raise ValueError for a value that cannot be of its kind; where webhooks may lead depends on what the installation reaches."""
    if kind == "mail" and not _MAIL.fullmatch(value):
        raise ValueError("value should be a mail address such as vanthu@example.gov.vn")
    if kind == "telephone" and not _TELEPHONE.fullmatch(value):
        raise ValueError("value should be a telephone number such as +84 271 3888 888")
    if kind == "webhook":
        parse_destination(value, reach)
