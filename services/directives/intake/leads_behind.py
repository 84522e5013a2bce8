"""Who leads, where that is said behind what is to be done: "… do Phòng A chủ trì", "… (Phòng A, xong trước …)"."""

import re
from typing import Final

from services.directives.intake.clause_spans import Clause
from services.directives.intake.flow import Flow
from services.directives.intake.units import Reader
from services.directives.intake.word_patterns import begins_with_verb

_LED: Final = re.compile(
    r"(?:chủ trì|làm (?:cơ quan |đơn vị )?(?:đầu mối|chủ trì)|chịu trách nhiệm(?: chính)?|đảm nhiệm|phụ trách)"
    r"(?=\s?[,;.)]|\s(?:và|thực hiện|phối hợp|triển khai|tham mưu|hoàn thành|trước|trong|chậm nhất)(?!\w)|$)"
)
_LED_WORK: Final = re.compile(r"(?:việc|công tác|nhiệm vụ|nội dung|hạng mục|phần)\s")
_OF_OTHERS: Final = re.compile(
    r"(?<!\w)(?:họp|hội nghị|hội thảo|đoàn|tổ|tổ công tác|dự thảo|đề tài|lớp|buổi làm việc)(?:\s[\w/-]+){0,6}\s\(?$"
)
"""What somebody leads without its being the duty of the sentence: "dự cuộc họp do … chủ trì"."""


def led_by(reader: Reader, flow: Flow, start: int) -> Clause | None:
    """Return the clause of a duty whose lead is named behind it: "Xây dựng … do Phòng … chủ trì"."""
    for match in re.finditer(r"(?<!\w)do\s", flow.low[start:]):
        at = start + match.end()
        units = reader.read(flow, at) if reader.starts_at(flow, at) else None
        before = flow.low[start : start + match.start()]
        if units is None or not _LED.match(flow.low, units.end) or re.search(r"(?<!\w)(?:đã|đang)\s", before):
            continue
        is_work = _LED_WORK.match(before) is not None or begins_with_verb(flow, start)
        if is_work and (before.startswith("tổ chức ") or not _OF_OTHERS.search(before)):
            return Clause(start, len(flow), "subject", units, start, start)
    return None


_BEHIND: Final = re.compile(r"\s\((?P<given>giao\s)?(?:cho\s|do\s)?(?=\w)[^()]*\)[\s.;,/]*$")
_LED_BEHIND: Final = re.compile(r"(?:chủ trì|thực hiện|tham mưu|làm đầu mối|chịu trách nhiệm|phụ trách|hoàn thành)(?!\w)")


def led_behind(reader: Reader, flow: Flow, start: int) -> Clause | None:
    """Return the clause of a duty whose lead stands behind it in parentheses: "… (Phòng A chủ trì, xong trước …)"."""
    match = _BEHIND.search(flow.low, start)
    if match is None or not begins_with_verb(flow, start):
        return None
    at = re.compile(r"\s\((?:giao\s)?(?:cho\s|do\s)?").match(flow.low, match.start())
    units = reader.read(flow, at.end()) if at and reader.starts_at(flow, at.end()) else None
    if units is None or not (match["given"] or _LED_BEHIND.match(flow.low, units.end)):
        return None
    return Clause(start, len(flow), "subject", units, start, start)
