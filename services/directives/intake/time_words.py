"""Patterns of the words of time: days, spans, bounds, and the ways in which deadlines are put."""

import re
from typing import Final

_DIGIT: Final = "[0-9OolI]"
_YEAR: Final = rf"{_DIGIT}{{4}}"
DATE: Final = (
    rf"(?:{_DIGIT}{{1,2}}\s?[/.\-]\s?{_DIGIT}{{1,2}}(?:\s?[/.\-]\s?{_YEAR})?"
    rf"|{_DIGIT}{{1,2}}\stháng\s{_DIGIT}{{1,2}}(?!\d)(?:,?\snăm\s{_YEAR}|\s?/\s?{_YEAR}|\shằng\snăm|\shàng\snăm)?)"
)
HOUR: Final = (
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
TO: Final = (
    r"\s(?:về|cho|tới|đến|qua)\s(?:sở|ubnd|ủy\sban|phòng|ban|bộ|văn\sphòng|chi\scục|cục|tổng\scục|trung\stâm|trường|công\san|hội|"
    r"chủ\stịch|giám\sđốc|thường\strực|các|đơn\svị|thanh\stra|huyện|tỉnh|trạm)(?!\w)"
)
_STOP: Final = (
    rf"[,.;:()\n]|{TO}|\s(?:và|để|phải|có\sbáo|gửi|báo\scáo|thì|đồng\sthời)\s"
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
    rf"(?:,?\s?\(?(?:ngày\s?)?{DATE}\)?)?"
)
_DAY: Final = (
    rf"(?:{_REPEATED}|{_WEEKDAY}|(?:ngày\s?)?{DATE}(?:\s{_EVERY}\snăm)?|{_SPAN}|{HOUR},?\s(?:(?:ngày\s)?(?:{DATE}|{_REPEATED}|"
    rf"{_DIGIT}{{1,2}}\s{_EVERY}\stháng)|{_EVERY}\sngày|các\sngày[^,.;:()\n]{{0,40}}?{_EVERY}\s(?:tuần|tháng)"
    rf"|(?:chiều\s|sáng\s|đêm\s|trong\s)?(?:ngày\s)?(?:hôm\snay|nay|mai)(?:,?\s\(?(?:ngày\s?)?{DATE}\)?)?)|{HOUR}|"
    rf"ngày\s{_DIGIT}{{1,2}}(?!\d)(?!\s?[/.\-]\s?\d))"
)
_LAST: Final = r"(?:chậm|muộn|trễ)\snhất"
_BOUND: Final = (
    rf"(?:(?:{_LAST}(?:\slà)?(?:\s(?:đến|tới))?(?:\shết)?|(?:cho\s)?(?:đến|tới)\shết|(?:trước|trong)|không\s(?:quá|(?:muộn|trễ|chậm)\shơn)|hạn"
    rf"\s(?:cuối|chót)(?:\s(?:cùng\s)?là)?:?|đến\strước)(?:\svà)?(?:\s(?:đến|là|vào|trong|trước|hết|tới))?)"
)

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
    rf"(?:ngày\s|mỗi\sngày\s)?{_AMOUNT}\slần\s?(?:/|mỗi|một|trong)\s?ngày,?\s\(?{_BOUND}\s{HOUR}(?:(?:,|\svà|,\svà)\s(?:{_BOUND}\s)?{HOUR})*",
    # two hours of one day: "trước 7 giờ và trước 17 giờ hằng ngày"
    rf"{_BOUND}\s{HOUR}(?:(?:,|\svà|,\svà)\s(?:{_BOUND}\s)?{HOUR})+\s(?:{_EVERY}\sngày|(?:ngày\s?)?{DATE})",
    # at an hour of days that come again, or of a weekday: "trước 18 giờ mỗi ngày thi"
    rf"{_BOUND}\s{HOUR},?\s(?:các|mỗi|từng)\sngày(?:(?!{_STOP}).){{0,30}}",
    rf"{_BOUND}\s{HOUR},?\s{_WEEKDAY}(?:\s{_EVERY}\stuần)?",
    # before, by or within a day or a time: "trước ngày 16/4/2021", "trong tháng 4"
    rf"{_BOUND}\s{_DAY}(?:\s(?:đến|tới)\s(?:hết\s)?{_DAY})?(?:(?:,|\svà|,\svà)\s{_DAY})*",
    # on a day that comes again: "vào ngày 25 hằng tháng", "định kỳ thứ Năm hằng tuần"
    rf"(?:định\skỳ|vào)\s(?:(?:{HOUR}|sáng|chiều),?\s)?{_REPEATED}(?:(?:,|\svà)\s{_DAY})*",
    rf"(?:cho\s)?(?:đến|tới)\s(?:(?:ngày\s?)?{DATE}|(?:cuối\s)?{_MONTH}|(?:cuối\s)?{_QUARTER}|cuối\s(?:tháng|quý|năm)(?:\s{_YEAR})?)",
    rf"vào\s(?:lúc\s|khoảng\s|dịp\s)?(?:(?:buổi\s)?(?:sáng|chiều)\s)?{_DAY}(?:(?:,|\svà)\s{_DAY})*",
    rf"(?:vào\s)?{HOUR}\s(?:các\sngày[^,.;:()\n]{{0,40}}?{_EVERY}\s(?:tuần|tháng)|{_EVERY}\sngày)",
    # before an event that has a day elsewhere; between two days; at a point of a month
    (
        rf"trước\s(?:kỳ\shọp|phiên\shọp|mùa|tết|khai\sgiảng|năm\shọc|dịp|lễ|đợt|vụ|thềm|kỳ\snghỉ|kỳ\sthi|giờ\s(?:bầu|khai)|khi"
        rf"\s(?:khai|bước|diễn|tổ|bắt|vào|kết|bão|lũ|mưa|mùa|năm|học|áp|nước|gặt|thu))(?:(?!{_STOP}).){{0,60}}"
    ),
    (
        rf"từ\s(?:{DATE}|ngày\s(?:{DATE}|{_DIGIT}{{1,2}}))\s(?:cho\s)?(?:đến|tới)\s(?:hết\s)?(?:ngày\s?)?(?:{DATE}|"
        rf"{_DIGIT}{{1,2}})(?:\s{_EVERY}\s(?:tháng|năm))?"
    ),
    rf"(?:vào\s|trong\s)?(?:tuần\s(?:đầu|cuối|thứ\s\w+|[1-5])|(?:thượng|trung|hạ)\stuần)\s(?:của\s)?{_MONTH}",
    (
        rf"(?:trong|vào)\s(?:các|{_AMOUNT}|hai|ba)\sngày,?\s(?:từ\s)?(?:ngày\s)?{_DIGIT}{{1,2}}(?:/{_DIGIT}{{1,2}})?(?:(?:,|\svà|\s?-|"
        rf"\sđến)\s?(?:ngày\s)?{_DIGIT}{{1,2}}(?:/{_DIGIT}{{1,2}})?)*(?:/{_YEAR})?"
    ),
    rf"trong\s(?:buổi\s)?(?:sáng|chiều|tối|đêm)\s(?:ngày\s)?(?:{DATE}|nay|mai)",
    # on a day of an hour, or of the week; so many days before something
    rf"(?:vào\s)?(?:lúc|hồi)\s{HOUR},?\s(?:ngày\s?)?{DATE}",
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
    rf"(?<!nhân\s)(?:(?:nhân|trong)\s)?dịp\s(?:ngày\s)?{DATE}",
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
ANY: Final = re.compile(rf"(?<!\w)(?:{'|'.join(_RULES)})(?!\w)", re.IGNORECASE)
OF_REPORT: Final = re.compile(rf"(?<!\w)(?:{'|'.join(_REPORTS_ONLY)})(?!\w)", re.IGNORECASE)
_CELL: Final = re.compile(rf"(?:{_BOUND}\s)?{_DAY}|{_EVERY}\s{_PERIOD}|thường\sxuyên|cả\snăm", re.IGNORECASE)
