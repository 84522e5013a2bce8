"""Documents that a letter rests on: cited with number or symbol after Căn cứ, Thực hiện, Theo or Xét, before its first task."""

import re
from collections.abc import Iterable, Iterator
from typing import Final

from services.directives.intake.findings import Cited, Found, quoted
from services.directives.intake.flow import Flow
from services.directives.intake.header import read_day

_RESTS: Final = re.compile(r"(?<!\w)(?:căn cứ|thực hiện|theo(?!\sdõi)|xét|tiếp theo|tiếp nhận|triển khai|trên cơ sở)(?!\w)")
_KIND: Final = (
    r"(?:công văn|quyết định|nghị quyết|nghị định|thông tư(?: liên tịch)?|kế hoạch|chỉ thị|tờ trình|công điện|thông báo|báo cáo|"
    r"chương trình|hướng dẫn"
    r"|luật|pháp lệnh|kết luận|đề án|giấy mời|văn bản|quy chế|quy định|đơn|hợp đồng|phiếu chuyển|biên bản)"
)
_CITED: Final = re.compile(
    rf"(?P<kind>{_KIND})\s(?:số\s?:?\s?)?(?P<number>[\dol]{{0,5}}\s?(?:/\d{{4}})?\s?(?:/|"
    rf"-(?=[a-zđ]{{1,5}}/))\s?[a-zđ][\wđ&]*(?:[-/.][\wđ&]+){{0,5}})"
    r"(?:,?\s(?:ban hành\s|ký\s)?ngày\s?(?:(?P<day>\d{1,2})\s?(?:[/.-]|tháng)\s?(?P<month>\d{1,2})\s?(?:[/.-]|"
    r",?\s?năm)\s?(?P<year>\d{4})|tháng\s\d{1,2}\snăm\s\d{4}))?"
    r"(?:,?\s(?:của|do)\s(?P<issuer>[^,;.:()\n]{2,80}?)(?=\s(?:về|v/v|phê duyệt|ban hành|quy định|hướng dẫn|sửa đổi|tại|công bố|"
    r"kèm|giao|triển khai|thông báo|đề nghị|yêu cầu|quy chế|tổ chức)(?!\w)|[,;.:()\n]|$))?"
)
_AT_ITS: Final = re.compile(r"(?:ý kiến|đề nghị|chỉ đạo|kết luận)\s(?:chỉ đạo\s)?của\s(?P<issuer>[^,;.:()\n]{2,80}?)\stại\s$")
_ONLY_MENTIONED: Final = re.compile(r"(?:thay thế|bãi bỏ|sửa đổi, bổ sung|kèm theo)\s(?:\w+\s){0,3}$")


def basis_of(flows: Iterable[Flow]) -> tuple[Cited, ...]:
    """Return the documents cited in these paragraphs, each number once."""
    found: dict[str, Cited] = {}
    for flow in flows:
        for cited in _cited(flow):
            found.setdefault(cited.number.value, cited)
    return tuple(found.values())


def _cited(flow: Flow) -> Iterator[Cited]:
    for match in _CITED.finditer(flow.low):
        sentence = flow.low.rfind(". ", 0, match.start()) + 1
        rests = _RESTS.search(flow.low, sentence, match.start())
        if rests and not _ONLY_MENTIONED.search(flow.low[sentence : match.start()]):
            yield _one(flow, match)


def _one(flow: Flow, match: re.Match[str]) -> Cited:
    number = quoted(flow, *match.span("number"))
    day = read_day(match["day"], match["month"], match["year"])
    issuer = quoted(flow, *match.span("issuer")) if match["issuer"] else _named_before(flow, match)
    return Cited(
        title=quoted(flow, match.start(), match.end()),
        number=Found(re.sub(r"\s", "", number.value), number.span),
        issued_on=Found(day, flow.span(match.start("day"), match.end("year"))) if day else None,
        issuer=issuer,
    )


def _named_before(flow: Flow, match: re.Match[str]) -> Found[str] | None:
    """Return who proposed, where a document is cited as "đề nghị của … tại Tờ trình số …"."""
    before = _AT_ITS.search(flow.low[: match.start()])
    return quoted(flow, *before.span("issuer")) if before else None
