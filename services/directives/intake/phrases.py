"""Words of time in running text: where a deadline's phrase begins and ends; what it comes to is read elsewhere."""

import re
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.directives.intake.flow import Flow, Span

_DIGIT: Final = "[0-9OolI]"
_YEAR: Final = rf"{_DIGIT}{{4}}"
_DATE: Final = (
    rf"(?:{_DIGIT}{{1,2}}\s?[/.\-]\s?{_DIGIT}{{1,2}}(?:\s?[/.\-]\s?{_YEAR})?"
    rf"|{_DIGIT}{{1,2}}\stháng\s{_DIGIT}{{1,2}}(?!\d)(?:,?\snăm\s{_YEAR}|\s?/\s?{_YEAR}|\shằng\snăm|\shàng\snăm)?)"
)
_HOUR: Final = (
    rf"{_DIGIT}{{1,2}}\s?(?:giờ|h|g)(?![^\W\d])(?:\s?{_DIGIT}{{1,2}}(?!\s?[/.\-]\s?\d)(?:\sphút|'|p)?)?(?:\s(?:sáng|trưa|chiều|tối|"
    rf"đêm))?"
)
_EVERY: Final = r"(?:hằng|hàng|mỗi|từng)"
_PERIOD: Final = r"(?:ngày|tuần|tháng|quý|năm)"
_ROMAN: Final = r"(?:I{1,3}|IV|[1-4]|một|hai|ba|bốn|tư)"
_MONTH: Final = (
    rf"tháng\s(?:{_DIGIT}{{1,2}}(?!\d)|giêng|hai|ba|tư|năm(?!\s\d)|sáu|bảy|tám|chín|mười(?:\s(?:một|hai))?|chạp)(?:\s?/\s?{_YEAR}|"
    rf"\s?,?\snăm\s{_YEAR}|-{_YEAR})?"
)
_QUARTER: Final = rf"quý\s{_ROMAN}(?:\s?/\s?{_YEAR}|\s?,?\snăm\s{_YEAR}|-{_YEAR})?"
_YEAR_OF: Final = rf"năm\s(?:{_YEAR}|học\s{_YEAR}\s?-\s?{_YEAR})"
_HALF: Final = rf"(?:0?6|sáu|0?3|ba|0?9|chín)\stháng\s(?:đầu|cuối)\s(?:năm(?:\s{_YEAR})?|{_YEAR})"
_POINT: Final = rf"(?:đầu|giữa|cuối)\s(?:{_MONTH}|{_QUARTER}|{_YEAR_OF}|tuần|tháng|quý|năm)"
_SPAN: Final = rf"(?:{_HALF}|{_MONTH}|{_QUARTER}|{_YEAR_OF}|{_POINT})"
_WORDS: Final = r"(?:một|hai|ba|bốn|năm|sáu|bảy|tám|chín|mười|mười\slăm|hai\smươi|ba\smươi)"
_AMOUNT: Final = rf"(?:{_DIGIT}{{1,3}}(?:\s?\({_WORDS}\))?|{_WORDS}(?:\s?\({_DIGIT}{{1,3}}\))?)"
_LENGTH: Final = rf"{_AMOUNT}\s(?:ngày(?:\slàm\sviệc)?|tuần(?:\slễ)?|tháng|năm|giờ)"
_TO: Final = (
    r"\s(?:về|cho|tới|đến|qua)\s(?:sở|ubnd|ủy\sban|phòng|ban|bộ|văn\sphòng|chi\scục|cục|tổng\scục|trung\stâm|trường|công\san|hội|"
    r"chủ\stịch|giám\sđốc|thường\strực|các|đơn\svị|thanh\stra|huyện|tỉnh|trạm)(?!\w)"
)
_STOP: Final = (
    rf"[,.;:()\n]|{_TO}|\s(?:và|để|phải|có\sbáo|gửi|báo\scáo|thì|đồng\sthời)\s"
    r"|(?<!chương)(?<!công)(?<!quy)(?<!quá)(?<!lộ)(?<!tờ)\strình\s"
)
_SINCE: Final = rf",?\s(?:(?:được\s)?(?:kể|tính)\s)?(?:từ|sau)\s(?:khi|ngày|lúc|thời\sđiểm)(?:(?!{_STOP}).){{0,110}}(?:\d(?:[/.-]\d+)*)?"
_THAT_DAY: Final = rf"(?:ngày\s)?{_DIGIT}{{1,2}}"
_WHICH_MONTH: Final = (
    r"(?:\s(?:này|tới|sau|trước(?:\stháng\s(?:\w+\s?){1,4})?|cuối(?:\scùng)?|đầu(?:\stiên)?|tiếp\stheo|liền\skề|kế\stiếp|thứ\s\w+|"
    r"báo\scáo))?"
    r"(?:\s(?:của\s)?(?:mỗi\s|hằng\s|hàng\s|từng\s)?(?:quý|kỳ|năm)(?:\s(?:báo\scáo|sau|tiếp\stheo|liền\skề|trước))?)?"
)
_REPEATED: Final = (
    rf"(?:{_THAT_DAY}\s{_EVERY}\s(?:tháng|quý|năm)|ngày\s{_DIGIT}{{1,2}}\s(?:của\s)?(?:các\s)?tháng(?!\s\d){_WHICH_MONTH}"
    rf"|{_DIGIT}{{1,2}}/{_DIGIT}{{1,2}}\s{_EVERY}\snăm|(?:các\s)?(?:ngày\s)?thứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])\s{_EVERY}\stuần"
    rf"|(?:các\s)?(?:ngày\s)?thứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])\s(?:tuần\s(?:thứ\s\w+|đầu|cuối)\s)?{_EVERY}\stháng|ngày\scuối"
    rf"\s(?:cùng\s)?(?:của\s)?(?:{_EVERY}\s)?(?:tháng|quý|năm))"
)
_WEEKDAY: Final = (
    rf"(?:ngày\s)?(?:thứ\s(?:hai|ba|tư|năm|sáu|bảy|[2-7])|chủ\snhật)(?:\stuần\s(?:này|tới|sau|tiếp\stheo)|\s(?:đầu(?:\stiên)?|cuối(?:\scùng)?)\s(?:của\s)?(?:{_EVERY}\s)?(?:{_MONTH}|tháng|quý|năm))?"
    rf"(?:,?\s?\(?(?:ngày\s?)?{_DATE}\)?)?"
)
_DAY: Final = (
    rf"(?:{_REPEATED}|{_WEEKDAY}|(?:ngày\s?)?{_DATE}(?:\s{_EVERY}\snăm)?|{_SPAN}|{_HOUR},?\s(?:(?:ngày\s)?(?:{_DATE}|{_REPEATED}|"
    rf"{_DIGIT}{{1,2}}\s{_EVERY}\stháng)|{_EVERY}\sngày|các\sngày[^,.;:()\n]{{0,40}}?{_EVERY}\s(?:tuần|tháng)"
    rf"|(?:chiều\s|sáng\s|đêm\s|trong\s)?(?:ngày\s)?(?:hôm\snay|nay|mai)(?:,?\s\(?(?:ngày\s?)?{_DATE}\)?)?)|{_HOUR}|"
    rf"ngày\s{_DIGIT}{{1,2}}(?!\d)(?!\s?[/.\-]\s?\d))"
)
_LAST: Final = r"(?:chậm|muộn|trễ)\snhất"
_BOUND: Final = (
    rf"(?:(?:{_LAST}(?:\slà)?(?:\s(?:đến|tới))?(?:\shết)?|(?:cho\s)?(?:đến|tới)\shết|(?:trước|trong)|không\s(?:quá|(?:muộn|trễ|chậm)\shơn)|hạn"
    rf"\s(?:cuối|chót)(?:\s(?:cùng\s)?là)?:?|đến\strước)(?:\svà)?(?:\s(?:đến|là|vào|trong|trước|hết|tới))?)"
)

When = Literal["fixed", "repeated", "reference", "period"]


@dataclass(frozen=True)
class Phrase:
    """Where a deadline's words stand in a flow, and whether they name no day of their own."""

    start: int
    end: int
    is_reference: bool = False

    def span(self, flow: Flow) -> Span:
        """Return where the words stand in the original."""
        return flow.span(self.start, self.end)


_RULES: Final = (
    # terms that are counted from something: "trong 05 ngày làm việc kể từ ngày nhận được"
    rf"(?:{_BOUND}\s|trong\s|sau\s)(?:vòng\s|thời\s(?:hạn|gian)\s)?(?:không\squá\s|sau\s|tối\sđa\s)?{_LENGTH}{_SINCE}",
    (
        rf"(?:trong|không\squá)\s(?:vòng\s|thời\s(?:hạn|gian)\s)?(?:không\squá\s|tối\sđa\s)?{_LENGTH}(?!\s(?:tới|qua|đầu|cuối|gần|tiếp|"
        rf"trước|liền))"
    ),
    # so long before an event: "trước khi làm việc ít nhất 05 ngày"
    rf"trước\s(?:khi|ngày|giờ|lúc|thời\sđiểm|kỳ|phiên|buổi|cuộc)\s(?:(?!{_STOP}).){{1,50}}?\s(?:ít\snhất|tối\sthiểu|chậm\snhất|muộn\snhất)\s(?:là\s)?{_LENGTH}",
    # a label with a day and no bound: "Hạn hoàn thành: 30/9/2017", "thời gian hoàn thành: quý II"
    rf"hạn\s(?:hoàn\sthành|nộp|gửi|báo\scáo|trình|cuối|chót|thực\shiện)(?:\slà)?:?\s{_DAY}",
    # so many times a day, at hours: "02 lần/ngày, trước 06 giờ và trước 17 giờ"
    rf"(?:ngày\s|mỗi\sngày\s)?{_AMOUNT}\slần\s?(?:/|mỗi|một|trong)\s?ngày,?\s\(?{_BOUND}\s{_HOUR}(?:(?:,|\svà|,\svà)\s(?:{_BOUND}\s)?{_HOUR})*",
    # two hours of one day: "trước 7 giờ và trước 17 giờ hằng ngày"
    rf"{_BOUND}\s{_HOUR}(?:(?:,|\svà|,\svà)\s(?:{_BOUND}\s)?{_HOUR})+\s(?:{_EVERY}\sngày|(?:ngày\s?)?{_DATE})",
    # at an hour of days that come again, or of a weekday: "trước 18 giờ mỗi ngày thi"
    rf"{_BOUND}\s{_HOUR},?\s(?:các|mỗi|từng)\sngày(?:(?!{_STOP}).){{0,30}}",
    rf"{_BOUND}\s{_HOUR},?\s{_WEEKDAY}(?:\s{_EVERY}\stuần)?",
    # before, by or within a day or a time: "trước ngày 16/4/2021", "trong tháng 4"
    rf"{_BOUND}\s{_DAY}(?:\s(?:đến|tới)\s(?:hết\s)?{_DAY})?(?:(?:,|\svà|,\svà)\s{_DAY})*",
    # on a day that comes again: "vào ngày 25 hằng tháng", "định kỳ thứ Năm hằng tuần"
    rf"(?:định\skỳ|vào)\s(?:(?:{_HOUR}|sáng|chiều),?\s)?{_REPEATED}(?:(?:,|\svà)\s{_DAY})*",
    rf"(?:cho\s)?(?:đến|tới)\s(?:(?:ngày\s?)?{_DATE}|(?:cuối\s)?{_MONTH}|(?:cuối\s)?{_QUARTER}|cuối\s(?:tháng|quý|năm)(?:\s{_YEAR})?)",
    rf"vào\s(?:lúc\s|khoảng\s|dịp\s)?(?:(?:buổi\s)?(?:sáng|chiều)\s)?{_DAY}(?:(?:,|\svà)\s{_DAY})*",
    rf"(?:vào\s)?{_HOUR}\s(?:các\sngày[^,.;:()\n]{{0,40}}?{_EVERY}\s(?:tuần|tháng)|{_EVERY}\sngày)",
    # before an event that has a day elsewhere; between two days; at a point of a month
    (
        rf"trước\s(?:kỳ\shọp|phiên\shọp|mùa|tết|khai\sgiảng|năm\shọc|dịp|lễ|đợt|vụ|thềm|kỳ\snghỉ|kỳ\sthi|giờ\s(?:bầu|khai)|khi"
        rf"\s(?:khai|bước|diễn|tổ|bắt|vào|kết|bão|lũ|mưa|mùa|năm|học|áp|nước|gặt|thu))(?:(?!{_STOP}).){{0,60}}"
    ),
    (
        rf"từ\s(?:{_DATE}|ngày\s(?:{_DATE}|{_DIGIT}{{1,2}}))\s(?:cho\s)?(?:đến|tới)\s(?:hết\s)?(?:ngày\s?)?(?:{_DATE}|"
        rf"{_DIGIT}{{1,2}})(?:\s{_EVERY}\s(?:tháng|năm))?"
    ),
    rf"(?:vào\s|trong\s)?(?:tuần\s(?:đầu|cuối|thứ\s\w+|[1-5])|(?:thượng|trung|hạ)\stuần)\s(?:của\s)?{_MONTH}",
    (
        rf"(?:trong|vào)\s(?:các|{_AMOUNT}|hai|ba)\sngày,?\s(?:từ\s)?(?:ngày\s)?{_DIGIT}{{1,2}}(?:/{_DIGIT}{{1,2}})?(?:(?:,|\svà|\s?-|"
        rf"\sđến)\s?(?:ngày\s)?{_DIGIT}{{1,2}}(?:/{_DIGIT}{{1,2}})?)*(?:/{_YEAR})?"
    ),
    rf"trong\s(?:buổi\s)?(?:sáng|chiều|tối|đêm)\s(?:ngày\s)?(?:{_DATE}|nay|mai)",
    # on a day of an hour, or of the week; so many days before something
    rf"(?:vào\s)?(?:lúc|hồi)\s{_HOUR},?\s(?:ngày\s?)?{_DATE}",
    rf"(?:ít\snhất|tối\sthiểu|chậm\snhất|muộn\snhất)\s(?:trước\s|là\s)?{_LENGTH}\s(?:trước|so\svới)\s(?:(?!{_STOP}).){{1,60}}",
    rf"trước\s(?:ít\snhất|tối\sthiểu)\s(?:là\s)?{_LENGTH}",
    rf"(?:chậm\snhất\s)?sau\s(?:mỗi|từng)\s(?:\w+\s){{1,3}}?{_LENGTH}",
    rf"(?:định\skỳ\s)?vào\sngày\slàm\sviệc\s(?:đầu\stiên|cuối\scùng)\s(?:của\s)?(?:{_EVERY}\s)?(?:{_MONTH}|tháng|tuần|quý)",
    rf"trước\s{_LENGTH}\s(?:so\svới|tính\sđến|kể\stừ)\s(?:(?!{_STOP}).){{1,60}}",
    rf"trước\sngày\s(?:khai|tổ|bầu|diễn|bắt|họp|kết|thi|hội|lễ|mở|đến|kỷ)(?:(?!{_STOP}).){{0,60}}",
    r"trong\s(?:ngày|tuần|tháng|quý|năm)\s(?:này|nay|tới|hôm\snay)",
    rf"(?<!thời\s)hạn:?\s{_DAY}",
    rf"(?<=:\s){_DAY}(?:(?:,|\svà|\s-)\s{_DAY})*",
    rf"(?:trong\s)?(?<!từ\s)(?<!đến\s)(?:đầu|giữa|cuối)\s(?:tháng\s{_DIGIT}{{1,2}}(?!\d)(?:\s?/\s?{_YEAR}|\snăm\s{_YEAR})?|{_QUARTER})",
    rf"(?<!nhân\s)(?:(?:nhân|trong)\s)?dịp\s(?:ngày\s)?{_DATE}",
    rf"(?<=thành\s)trong\s(?:vòng\s)?{_LENGTH}\stới",
    rf"từ\snay\s(?:đến|cho\sđến)\s(?:hết\s)?{_DAY}",
    rf"(?<!ký\s)(?<!từ\s)(?<!số\s)xong\s{_DAY}",
    # at a meeting or event
    rf"tại\s(?:phiên\shọp|kỳ\shọp|cuộc\shọp)(?:\s(?:giao\sban|thường\skỳ))?\s(?:{_MONTH}|cuối\snăm(?:\s{_YEAR})?|giữa\snăm(?:\s{_YEAR})?)",
)  # fmt: skip
_REPORTS_ONLY: Final = (
    rf"định\skỳ\s{_EVERY}\s{_PERIOD}(?:,\s{_PERIOD})*",
    r"đúng\s(?:thời\s(?:gian|hạn)|hạn|tiến\sđộ)(?:\s(?:theo\s)?quy\sđịnh|\syêu\scầu)?",
    r"theo\s(?:đúng\s(?=quy\sđịnh))?(?:thời\s(?:gian|hạn)\s)?quy\sđịnh(?!\s(?:tại|của|hiện|về|pháp))",
    rf"định\skỳ\s(?:0?6\stháng|{_PERIOD})(?:(?:,|\svà|,\svà)\s(?:{_EVERY}\s)?(?:0?6\stháng|{_PERIOD}))*",
    rf"(?:định\skỳ\s)?(?:{_LENGTH}|mỗi\s(?:ngày|tuần|tháng|quý|năm))\s?(?:/|một|1|01)\s?lần",
    _REPEATED,
    r"khi\scó\syêu\scầu",
    rf"(?:ngay\s)?sau\skhi\s(?:kết\sthúc|hoàn\sthành)\s(?:(?!{_STOP}).){{1,60}}",
    r"khi\s(?:kết\sthúc|hoàn\sthành)\s(?:(?!" + _STOP + r").){1,60}",
    rf"{_EVERY}\s(?:tuần|tháng|quý|năm)(?!\w)(?!\s(?:của|trước))",
)  # fmt: skip
_ANY: Final = re.compile(rf"(?<!\w)(?:{'|'.join(_RULES)})(?!\w)", re.IGNORECASE)
_OF_REPORT: Final = re.compile(rf"(?<!\w)(?:{'|'.join(_REPORTS_ONLY)})(?!\w)", re.IGNORECASE)
_CELL: Final = re.compile(rf"(?:{_BOUND}\s)?{_DAY}|{_EVERY}\s{_PERIOD}|thường\sxuyên|cả\snăm", re.IGNORECASE)

_HELD: Final = re.compile(r"(?<!\w)(?:tổ chức|khai mạc|ra quân|họp|hội nghị|phát động|diễn tập|báo cáo|gửi|trình|nộp)(?!\w)")
_BARE: Final = re.compile(rf"(?<!\w)(?:{_HOUR},?\s)?ngày\s{_DATE}(?!\w)", re.IGNORECASE)
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
    rf"(?:^|[.;,:]\s)(?:(?!đã\s)[^.;,:])*?(?:báo\scáo|gửi|nộp|trình)\s(?:(?!đã\s)[^.;,:])+\sđã\s[^.;,:]+?{_TO}[^.;,:]*$", re.IGNORECASE
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
    found = [Phrase(match.start(), match.end()) for match in _ANY.finditer(flow.text) if _is_deadline(flow, match)]
    found = [phrase for phrase in found if phrase.end > phrase.start]
    found = sorted([*found, *_of_slips(flow, found)], key=lambda phrase: phrase.start) or _of_bare_days(flow)
    if is_report and not found:
        found = [Phrase(m.start(), m.end(), is_by_reference(m[0])) for m in _OF_REPORT.finditer(flow.text) if _stands_alone(flow, m)][-1:]
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
    inner = flow.stripped(" \t\n.;-")
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
