"""Units that take part in what another one leads: those after "phối hợp với", and those said to take part."""

import re
from collections.abc import Iterator
from typing import Final

from services.directives.intake.findings import Found, quoted
from services.directives.intake.flow import Flow, fold
from services.directives.intake.units import Reader, Units

Lead = tuple[Found[str], ...]

_WITH: Final = re.compile(
    r"(?<!\w)(?:(?<!quy chế )(?<!chương trình )(?<!thỏa thuận )(?<!cơ chế )(?<!hợp đồng )phối hợp"
    r"(?:,?\s(?:chặt chẽ|tốt|thường xuyên|đồng bộ|hiệu quả|kịp thời|nhịp nhàng|chủ động))*"
    r"(?:\s(?:cùng với|cùng|với):?|:)?|cùng với|cùng|"
    r"(?:có |với )?sự (?:tham gia|phối hợp) của)\s"
)
TAKES_PART: Final = re.compile(r"(?:cùng )?phối hợp(?: (?:(?:tổ chức |triển khai )?thực hiện|triển khai|hỗ trợ))?\s*(?=[;.,)]|$)")
_HELPS: Final = re.compile(r"(?:cùng )?phối hợp(?!\w)(?! (?:với|cùng|chặt chẽ với))")
"""What those do who are named right beside the one who leads: "A chủ trì, B phối hợp tham mưu …"."""
_SAID_ASIDE: Final = re.compile(r"\((?:đơn vị |cơ quan )?phối hợp(?: thực hiện)?\)")


def named(flow: Flow, units: Units) -> Lead:
    """Return units as values."""
    return tuple(quoted(flow, *name) for name in units.names)


def coordinating_in(reader: Reader, flow: Flow, lead: Lead) -> tuple[Found[str], ...]:
    """Return the units that take part."""
    found: dict[str, Found[str]] = {}
    leads = {fold(each.value) for each in lead}
    for units in (*_after_with(reader, flow), *_that_take_part(reader, flow)):
        for each in named(flow, units):
            if fold(each.value) not in leads:
                found.setdefault(fold(each.value), each)
    return tuple(found.values())


def _after_with(reader: Reader, flow: Flow) -> Iterator[Units]:
    for match in _WITH.finditer(flow.low):
        if reader.starts_at(flow, match.end()) and (units := reader.read(flow, match.end())):
            yield units


def _that_take_part(reader: Reader, flow: Flow) -> Iterator[Units]:
    for match in re.finditer(r"[;.,]\s", flow.low):
        units = reader.read(flow, match.end()) if reader.starts_at(flow, match.end()) else None
        if units is None:
            continue
        is_beside = flow.low.endswith("chủ trì", 0, match.start()) and _HELPS.match(flow.low, units.end)
        if is_beside or TAKES_PART.match(flow.low, units.end) or _SAID_ASIDE.search(flow.low, units.names[-1][1], units.end):
            yield units
