"""Deadlines in running text: which words of time are one, and where they begin and end; what they come to is read elsewhere."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final

from services.directives.intake.flow import Flow, Span
from services.directives.intake.time_words import ANY, DATE, HOUR, OF_REPORT, TO


@dataclass(frozen=True)
class Phrase:
    """Where a deadline's words stand in a flow, and whether they name no day of their own."""

    start: int
    end: int
    is_reference: bool = False

    def span(self, flow: Flow) -> Span:
        """Return where the words stand in the original."""
        return flow.span(self.start, self.end)


_HELD: Final = re.compile(r"(?<!\w)(?:tổ chức|khai mạc|ra quân|họp|hội nghị|phát động|diễn tập|báo cáo|gửi|trình|nộp)(?!\w)")
_BARE: Final = re.compile(rf"(?<!\w)(?:{HOUR},?\s)?ngày\s{DATE}(?!\w)", re.IGNORECASE)
_OF_ANOTHER: Final = re.compile(
    r"(?:[/-][\w&-]+|\bsố|từ|kể từ|đến|của|ký|và|tại|họp|sinh)\s$|(?:luật|bộ luật|nghị quyết|quyết định|kế hoạch|công văn|"
    r"thông báo|chỉ thị|kết luận)[^,;.]{0,60}$",
    re.IGNORECASE,
)
_SLIPS: Final = re.compile(
    r"(?<!\w)(?:cham nhat(?: la)?|truoc|den het|muon nhat)\s(?:\d{1,2}\s?(?:gio|h)(?:\s?\d{1,2})?,?\s)?(?:ngay\s)?"
    r"\d{1,2}(?:\s?[/.-]\s?\d{1,2}(?:\s?[/.-]\s?\d{4})?|\sthang\s\d{1,2}(?:\snam\s\d{4})?)(?!\w)"
)

# Words right before that make a time no deadline: what was before, what is counted from then on, another document's day.
_NOT_AFTER: Final = re.compile(
    (
        r"(?:đã(?:\s\w+){0,12}|(?:còn|(?<!bảo\s)tồn|phát\ssinh|tồn\sđọng|(?:^|[,;(]\s|(?:trẻ|em|người|dân|cháu|được)\s)sinh|"
        r"(?<!trợ\s)(?<!phụ\s)(?<!cung\s)(?<!nâng\s)(?<!phân\s)(?<!các\s)(?<!đẳng\s)cấp|xảy\sra|có\shiệu\slực|thành\slập)\s?|từ|kể\stừ|tính\stừ|(?<!lần\s)(?<!kỳ\s)(?<!đợt\s)sau|"
        r"năm\shọc|giai\sđoạn|so\svới|hiệu\slực|qua\stheo\sdõi,?|tính)\s$"
    ),
    re.IGNORECASE,
)
_OF_WHAT_IS_DONE: Final = re.compile(
    rf"(?:^|[.;,:]\s)(?:(?!đã\s)[^.;,:])*?(?:báo\scáo|gửi|nộp|trình)\s(?:(?!đã\s)[^.;,:])+\sđã\s[^.;,:]+?{TO}[^.;,:]*$", re.IGNORECASE
)
"""A report on what was done, and to whom it goes: the time that follows is that of the report."""
_UP_TO: Final = re.compile(r"(?:cho\s)?(?:đến|den|tới|từ)\s", re.IGNORECASE)
_FIGURES: Final = re.compile(
    r"(?<!\w)(?:(?:số\sliệu|dữ\sliệu|lũy\skế|luỹ\skế)(?:\s(?!về|cho|gửi|nộp|trước)\w+){0,4}|(?:chốt|khóa\ssổ|cộng\sdồn|có|thống\skê))\s$",
    re.IGNORECASE,
)
"""Words after which "up to" a day is no deadline, but where figures are cut off."""
_LOOSE: Final = re.compile(r"(?:vào|trong|từ|đến|tới|ngày|lúc|hồi)\s", re.IGNORECASE)
_EVENT: Final = re.compile(
    r"(?:dự báo|dự kiến|đổ bộ|xảy ra|ảnh hưởng|xuất hiện|đạt đỉnh|mưa lớn|mưa to|bão số|áp thấp|không khí lạnh)[^,;.]{0,60}$",
    re.IGNORECASE,
)
_OTHERS: Final = re.compile(
    r"theo\s(?:thời\shạn|quy\sđịnh|thời\sgian)\stại\s(?:quyết\sđịnh|nghị\sđịnh|công\svăn|kế\shoạch|thông\stư|luật|văn\sbản)", re.IGNORECASE
)
_DAMAGED: Final = re.compile(r"\d[OolI]|[Ool]\d|(?<![IVX])I\d|/\s?[OolI]")
_DAY_AND_MONTH: Final = re.compile(r"(?<![\d/.])(\d{1,2})\s?(?:[/.-]|tháng)\s?(\d{1,2})(?!\d)(?:\s?(?:[/.-]|,?\s?năm)\s?(\d{4}))?")
_NAMES_TIME: Final = re.compile(r"\d|tháng|quý|năm|tuần|ngày|giờ", re.IGNORECASE)


def find(flow: Flow, *, is_report: bool = False) -> tuple[Phrase, ...]:
    """Return the deadlines' phrases of a text in order; where it gives a report, also those that only name a rule or a period."""
    found = [Phrase(match.start(), match.end()) for match in ANY.finditer(flow.text) if _is_deadline(flow, match)]
    found = [phrase for phrase in found if phrase.end > phrase.start]
    found = sorted([*found, *_of_slips(flow, found)], key=lambda phrase: phrase.start) or _of_bare_days(flow)
    if is_report and not found:
        found = [Phrase(m.start(), m.end(), is_by_reference(m[0])) for m in OF_REPORT.finditer(flow.text) if _stands_alone(flow, m)][-1:]
    return tuple(_trimmed(flow, phrase) for phrase in found)


def _is_deadline(flow: Flow, match: re.Match[str]) -> bool:
    before = flow.text[: match.start()]
    if _NOT_AFTER.search(before[-80:]) and not _OF_WHAT_IS_DONE.search(before[-160:]):
        return False
    if _LOOSE.match(match[0]) and _EVENT.search(before[-120:]):
        return False
    return not _OTHERS.search(before[-160:]) and not (_UP_TO.match(match[0]) and _FIGURES.search(before[-60:]))


def _of_bare_days(flow: Flow) -> list[Phrase]:
    """Return the day on which something is to be held, where a sentence names it without any bound."""
    if not _HELD.search(flow.low):
        return []
    return [
        Phrase(match.start(), match.end()) for match in _BARE.finditer(flow.text) if not _OF_ANOTHER.search(flow.text[: match.start()])
    ][:1]


def _of_slips(flow: Flow, found: list[Phrase]) -> list[Phrase]:
    """Return days after a bound whose accents were lost in scanning."""
    slips = [Phrase(match.start(), match.end()) for match in _SLIPS.finditer(flow.plain) if _is_deadline(flow, match)]
    return [slip for slip in slips if not any(slip.start < each.end and each.start < slip.end for each in found)]


_REPORTS_THEN: Final = re.compile(r"(?<!\w)(?:báo cáo|gửi|nộp|trình)(?!\w)[^.;]{0,80}$")
"""A rule far from the verb of reporting is how, not when, it is done."""


def _stands_alone(flow: Flow, match: re.Match[str]) -> bool:
    before = flow.low[: match.start()]
    if match[0].lower().startswith("theo ") and not _REPORTS_THEN.search(before):
        return False
    return not re.search(r"(?:kế hoạch|lịch|theo|chế độ|hiện)\s$", before) or (
        before.endswith("theo ") and match[0].lower().startswith("đúng")
    )


def _trimmed(flow: Flow, phrase: Phrase) -> Phrase:
    words = flow.text[phrase.start : phrase.end]
    return Phrase(phrase.start, phrase.start + len(words.rstrip(" ,.;:")), phrase.is_reference)


def cell(flow: Flow) -> Phrase | None:
    """Return a table's cell of time as a phrase, None where it is empty."""
    inner = flow.stripped(" \t\n.;-/")
    return Phrase(0, len(inner)) if inner.text else None


_BEFORE_AN_EVENT: Final = re.compile(r"trước\s(?:khi|ngày|giờ|lúc|thời\sđiểm|kỳ|phiên|buổi|cuộc)\s[^\d]+(?:nhất|thiểu)\s(?:là\s)?\d+\s")


_FROM_AN_EVENT: Final = re.compile(
    r"\d\s(?:ngày|tuần|tháng)(?:\slàm\sviệc)?\strước\s(?!\d)[^\d]*$|^trước\s(?:ít\snhất|tối\sthiểu)\s|^sau\s(?:mỗi|từng)\s"
)
"""So long before or after an event that has its day elsewhere."""


def is_by_reference(words: str) -> bool:
    """Tell whether a phrase names neither a day nor a period of its own, but refers elsewhere."""
    if _BEFORE_AN_EVENT.match(words.lower()) or _FROM_AN_EVENT.search(words.lower()):
        return True
    return re.search(r"\d", words) is None and re.search(r"quy\sđịnh|đúng\s|khi\s|yêu\scầu|tiến\sđộ", words.lower()) is not None


def is_damaged(words: str) -> bool:
    """Tell whether letters stand where a date's digits should, or a date is none (31/4)."""
    if _DAMAGED.search(words):
        return True
    return any(not _is_day(*match.groups()) for match in _DAY_AND_MONTH.finditer(words.lower()))


def _is_day(day: str, month: str, year: str | None) -> bool:
    try:
        date(int(year or _LEAP_YEAR), int(month), int(day))
    except ValueError:
        return False
    return True


_LEAP_YEAR: Final = 2024
