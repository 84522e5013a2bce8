"""Instants and days in questions and bodies: RFC 3339 and nothing else; pydantic by itself also takes numbers, as seconds since 1970."""

import re
from datetime import date, datetime
from typing import Annotated

from pydantic import AwareDatetime, BeforeValidator

_LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")
_INSTANT = re.compile(r"\d{4}-\d\d-\d\d[Tt ]")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _instant(value: object) -> object:
    """Give an offset its sign back, since an unescaped plus arrives as a space; raises ValueError for what is no instant."""
    if isinstance(value, datetime):
        return value
    if not isinstance(value, str) or not _INSTANT.match(value):
        raise ValueError("should be an instant with its offset, such as 2026-03-16T00:00:00+07:00")
    return _LOST_PLUS.sub("+", value)


def _day(value: object) -> object:
    if not isinstance(value, date) and not (isinstance(value, str) and _DAY.fullmatch(value)):
        raise ValueError("should be a day, such as 2026-03-16")
    return value


Moment = Annotated[AwareDatetime, BeforeValidator(_instant)]
"""An RFC 3339 instant with its offset."""

Day = Annotated[date, BeforeValidator(_day)]
"""A calendar day, YYYY-MM-DD."""
