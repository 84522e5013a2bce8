"""Clauses of a paragraph, and who has to do something in each: verbs of giving, units that a sentence begins with."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal

from services.directives.intake.flow import Flow, Span
from services.directives.intake.name_objects import begins_foreign
from services.directives.intake.units import Reader, Units, tells_area
from services.directives.intake.word_patterns import begins_with_verb

_CUT: Final = re.compile(r";\s|\.\s+(?=[\"(]?[^\W\d_a-zà-ỹ])|(?<=[^\d\s])\.\s?/\s?\.|$")
_INLINE: Final = re.compile(r"\s*\(?(?:\d{1,2}|[a-hđ]|i{1,3}|iv|v)\)\s?")
_ABBREVIATION: Final = re.compile(r"(?:^|[\s(])(?:[A-ZĐ][\w]{0,2}|tp|đ/c|v\.v|st)$")
_GIVING: Final = re.compile(
    r"(?<!\w)(?P<verb>(?:giao|yêu cầu|đề nghị|phân công|chỉ đạo|ủy quyền|trân trọng đề nghị|kính đề nghị|đồng ý giao|"
    r"thống nhất giao|lưu ý|nhắc)(?:\s(?:nhiệm vụ|trách nhiệm))?(?:\scho)?:?\s)"
)
_NOT_GIVEN: Final = re.compile(
    r"(?:đã|được|đang|do|theo|xét|vừa|trước đây|nếu|khi|của|tại|sự|việc|có|những|các|kết quả|"
    r"văn bản(?! này)|nhiệm vụ|vướng mắc,)\s(?:\w+\s){0,2}$"
)
_PAST: Final = re.compile(
    r"(?:đã|đang|chưa|mới|từng|nào|nên|vừa|được|nhận được|nhận thấy|sẽ|trả lời|có ý kiến|kết luận|ban hành .{0,60}như sau|"
    r"hướng dẫn như sau|thông báo (?:kết luận|như|(?:để|đến|cho)[^.;]*?(?<!\w)(?:biết|thực hiện))|"
    r"là (?:các|những)|cũng|không (?:được )?(?:còn|có))(?!\w)"
)
_GIVES: Final = re.compile(
    r"(?:(?:cũng |tiếp tục |vừa |có văn bản )?(?:yêu cầu|đề nghị|giao(?! ban| dịch| lưu)|phân công|chỉ thị|chỉ đạo như sau|"
    r"chỉ đạo:|quyết định|đồng ý|"
    r"thống nhất|biểu dương|khen|ghi nhận|đánh giá cao|hoan nghênh|lưu ý|nhấn mạnh|phê bình|kính mời|trân trọng|ban hành|"
    r"xây dựng kế hoạch .{0,80}như sau)(?!\w))"
)
_ADVERBIAL: Final = re.compile(
    r"(?:trên đây|trong|để|căn cứ|sau|nhận được|chậm nhất|trước|khi|định kỳ|hằng|hàng|trên cơ sở|từ nay|về|theo|ngoài ra|riêng|"
    r"đồng thời|bên cạnh đó|đối với|thời gian|thời hạn|kinh phí|riêng|trường hợp|nhằm|vào|qua|từ|tại|quá|cùng với|ngay|mọi|hết|"
    r"đến|(?:nghị quyết|quyết định|chỉ thị|công điện|công văn|thông báo|văn bản)(?: này| trên)? nêu rõ)(?!\w)"
)
_OPENING: Final = re.compile(r"(?:đồng thời|riêng|ngoài ra|bên cạnh đó|đối với|tiếp tục|trong đó|về phía|và|còn|song song đó)(?!\w),?:?\s")
_TOPIC: Final = re.compile(r"(?:chế độ|công tác|việc|lĩnh vực|nội dung|nhiệm vụ)\s[^:;.,]{2,60}:\s")
"""What a paragraph is about, before the unit that acts in it."""

_THANKS_ONLY: Final = re.compile(
    r"(?:nếu|khi|quá trình|trường hợp)[^.;]*?(?:vướng mắc|khó khăn|phát sinh|vấn đề|bất cập)[^.;]*(?:phản ánh|báo cáo|liên hệ|kiến nghị|"
    r"trao đổi|đề xuất|thông tin|gửi|tổng hợp|hướng dẫn)"
    r"|báo cáo (?:kịp thời |ngay )?(?:các |những )?(?:khó khăn|vướng mắc)(?! phát sinh)|chịu trách nhiệm thi hành|"
    r"có trách nhiệm thi hành|chịu trách nhiệm thực hiện (?:quyết định|chỉ thị|kế hoạch|công điện) này|thi hành quyết định này|"
    r"có hiệu lực (?:thi hành|kể từ|từ)|thông báo (?:để|đến|cho|tới)[^.;]*(?:biết|thực hiện)|được phổ biến|rất mong|trân trọng"
)
_GENERIC: Final = re.compile(
    r"(?:(?:nghiêm túc|nghiêm|căn cứ|khẩn trương|quan tâm|phối hợp|chủ động|tổ chức|triển khai|thực hiện|quán triệt|tập trung|"
    r"kịp thời|đồng bộ|hiệu quả|tốt|có|đầy đủ|đúng|biết|theo|chức năng|nhiệm vụ|được giao|phải"
    r"|các|những|nội dung|nêu|trên|này|kết luận|chỉ thị|công văn|công điện|kế hoạch|quyết định|thông báo|văn bản|hướng dẫn|chỉ đạo|"
    r"của|và|để|thi hành|quyết liệt|cần|khi|nhận|đồng chí|chủ tịch|phó|ubnd|huyện|tỉnh|xã|tại|quy định|nghị quyết|việc|ngay|"
    r"chặt chẽ|yêu cầu|tinh thần|đề nghị|đơn vị|địa phương|nghiên cứu|tiếp tục|nhà trường)(?!\w)[\s,.;/:]*)+"
)
_PASSIVE_ONLY: Final = re.compile(
    r"^(?:là |làm )?(?:phó )?(?:trưởng ban|trưởng đoàn|tổ trưởng|tổ phó|chủ tịch(?: hội đồng)?|ủy viên|thành viên|thư ký)"
    r"(?: thường trực| phó| thư ký| kiêm thư ký)?$|"
    r"(?:xem|coi)\slà|được xem|^(?:tự )?giải thể sau khi|^(?:cần |phải )?(?:luôn |thực sự )?(?:gương mẫu|đi đầu)|"
    r"^(?:cần |phải |tiếp tục )?(?:làm tốt|nâng cao (?:ý thức|tinh thần|trách nhiệm)|phát huy)(?!\w)"
)

_CITATION: Final = re.compile(
    r"(?:số\s)?\d+/(?:\d{4}/)?[\w&]+(?:[-/][\w&]+)*(?:,?\sngày\s(?:\d{1,2}[/.-]\d{1,2}[/.-]\d{4}|\d{1,2}\stháng\s\d{1,2}\snăm\s\d{4}))?"
    r"(?:\scủa\s[^,.;:]{2,60}$)?"
)
"""A document as others cite it: that it is to be read and carried out is nothing that could be checked on."""
_SINCE_IN_FORCE: Final = re.compile(r"kể từ (?:ngày|khi)[^,;.]{0,60}? có hiệu lực(?: thi hành)?")

Role = Literal["given", "asked", "subject", "adverbial", "past", "giver", "none"]


@dataclass(frozen=True)
class Clause:
    """A clause, who has to act in it, where what it gives begins, and where that is told."""

    start: int
    end: int
    role: Role
    units: Units | None = None
    opens: int = 0
    predicate: int = 0


def spans_of(flow: Flow) -> Iterator[Span]:
    """Give the clauses of a paragraph: what ends with a semicolon or a full stop outside parentheses."""
    start = 0
    for match in _CUT.finditer(flow.text):
        if match.start() == start == len(flow.text) or not _is_cut(flow, start, match):
            continue
        inline = _INLINE.match(flow.text, start)
        begin = inline.end() if inline else start
        if flow.text[begin : match.start()].strip():
            yield begin, match.start()
        start = match.end()


def _is_cut(flow: Flow, start: int, match: re.Match[str]) -> bool:
    if match.end() == len(flow.text) and not match[0]:
        return True
    before = flow.text[start : match.start()]
    if before.count("(") > before.count(")"):
        return False
    return not (match[0].startswith(".") and _ABBREVIATION.search(before))


def clauses_of(reader: Reader, flow: Flow) -> Iterator[Clause]:
    """Give the clauses of a paragraph, parted also where a verb of giving names units after others were given something."""
    begun: int | None = None
    for start, end in spans_of(flow):
        at = start if begun is None else begun
        begun = at if end < len(flow) and _only_names(reader, flow, start, end) else None
        if begun is None:
            yield from _of_one(reader, flow, at, end)


def _only_names(reader: Reader, flow: Flow, start: int, end: int) -> bool:
    """Tell whether nothing but units stands before a semicolon, so that the sentence goes on after it."""
    units = reader.read(flow.part(0, end), start) if reader.starts_at(flow, start) else None
    return units is not None and units.end >= end


def _of_one(reader: Reader, flow: Flow, start: int, end: int) -> Iterator[Clause]:
    part = flow.part(0, end)
    given = list(_given(reader, part, start))
    if given:
        if (
            given[0].opens - start > 1
            and (own := _subject(reader, part, start, given[0].opens)).role == "subject"
            and _acts_before(flow, own, given[0])
        ):
            yield own
        for clause, following in zip(given, [*given[1:], None], strict=True):
            yield Clause(clause.opens, following.opens if following else end, "given", clause.units, clause.opens, clause.predicate)
        return
    own = _subject(reader, part, start, end)
    led = _led(reader, part, start) if own.role == "none" else None
    if led is not None:
        yield led
        return
    asked = _asked(part, start) if own.role in {"none", "giver"} else None
    yield Clause(asked[0], end, "asked", None, asked[0], asked[1]) if asked else own


def _acts_before(flow: Flow, own: Clause, given: Clause) -> bool:
    """Tell whether the unit before a verb of giving has a duty of its own there, and is not the one that gives."""
    between = flow.low[own.predicate : given.opens].strip(" ,")
    return len(between.split()) > 3 and not _GIVES.match(flow.low, own.predicate) and not _PAST.match(flow.low, own.predicate)  # noqa: PLR2004


def _given(reader: Reader, flow: Flow, start: int) -> Iterator[Clause]:
    for match in _GIVING.finditer(flow.low, start):
        at = match.end()
        if match["verb"].startswith("chỉ đạo") or _NOT_GIVEN.search(flow.low[start : match.start()]):
            continue
        units = reader.read(flow, at) if reader.starts_at(flow, at) else None
        if units and _has_predicate(flow, units.end):
            yield Clause(start, len(flow), "given", units, match.start(), units.end)


_ASKED: Final = re.compile(
    r"(?<!hồ sơ )(?<!văn bản )(?<!tờ trình )(?<!đơn )(?<!phiếu )(?<!\w)(?:trân trọng |kính |rất mong )?(?:yêu cầu|đề nghị)"
    r"\s(?:(?:quý|các)\s(?:cơ quan|đơn vị|sở|ban|công ty|ông|bà|đồng chí|ông \(bà\)|ông/bà|vị|trường)(?:[^.;:]{0,40}?)\s)?(?:cần\s|"
    r"nghiêm túc\s|khẩn trương\s)?(?=\w)"
)


def _asked(flow: Flow, start: int) -> Span | None:
    """Return where a verb of asking and the duty after it begin, where it names nobody: it asks those to whom the letter is sent."""
    for match in _ASKED.finditer(flow.low, start):
        if not _NOT_GIVEN.search(flow.low[start : match.start()]) and begins_with_verb(flow, match.end()):
            return match.start(), match.end()
    return None


_LED: Final = re.compile(
    r"(?:chủ trì|làm (?:cơ quan |đơn vị )?(?:đầu mối|chủ trì)|chịu trách nhiệm(?: chính)?|đảm nhiệm|phụ trách)"
    r"(?=\s?[,;.)]|\s(?:và|thực hiện|phối hợp|triển khai|tham mưu|hoàn thành|trước|trong|chậm nhất)(?!\w)|$)"
)
_LED_WORK: Final = re.compile(r"(?:việc|công tác|nhiệm vụ|nội dung|hạng mục|phần)\s")
_OF_OTHERS: Final = re.compile(
    r"(?<!\w)(?:họp|hội nghị|hội thảo|đoàn|tổ|tổ công tác|dự thảo|đề tài|lớp|buổi làm việc)(?:\s[\w/-]+){0,6}\s\(?$"
)
"""What somebody leads without its being the duty of the sentence: "dự cuộc họp do … chủ trì"."""


def _led(reader: Reader, flow: Flow, start: int) -> Clause | None:
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


def _has_predicate(flow: Flow, at: int) -> bool:
    rest = flow.low[at:].lstrip(" ,")
    return (
        not rest
        or rest[0] == ":"
        or flow.text[at - 1] == " "
        or begins_with_verb(flow, at)
        or begins_with_verb(flow, len(flow.low) - len(rest))
    )


def _subject(reader: Reader, flow: Flow, start: int, end: int) -> Clause:
    """Return the clause with the unit that it begins with, at once or after words of time and circumstance."""
    at = start
    opening = _OPENING.match(flow.low, start)
    if opening and reader.starts_at(flow, opening.end()):
        at = opening.end()
    if reader.starts_at(flow, at):
        return _judged(reader, flow, start, end, at) or Clause(start, end, "none")
    if _ADVERBIAL.match(flow.low, start) or _TOPIC.match(flow.low, start):
        for match in re.finditer(r"[,:]\s(?:thì\s)?", flow.low[start:end]):
            after = start + match.end()
            if reader.starts_at(flow, after) and (found := _judged(reader, flow, start, end, after)) and found.role != "none":
                return Clause(start, end, "adverbial" if found.role == "subject" else found.role, found.units, after, found.predicate)
    return Clause(start, end, "none")


def _judged(reader: Reader, flow: Flow, start: int, end: int, at: int) -> Clause | None:
    units = reader.read(flow, at)
    if units is None:
        return None
    if _PAST.match(flow.low, units.end):
        return Clause(start, end, "past", units, at, units.end)
    if _GIVES.match(flow.low, units.end) and not _agree(flow, units):
        return Clause(start, end, "giver", units, at, units.end)
    if units.end >= end or flow.text[units.end] == ":" or begins_with_verb(flow, units.end) or _goes_on(flow, units):
        return Clause(start, end, "subject", units, at, units.end)
    return None


_FOUNDED: Final = re.compile(r"do\s[^,;.:]{2,60}?\s(?:chủ trì|làm (?:tổ trưởng|trưởng|chủ)|thành lập|đứng đầu)(?!\w)")
"""Who leads or founded those that a sentence begins with, said between their name and what they have to do."""


def _agree(flow: Flow, units: Units) -> bool:
    """Tell whether several units have to agree on something: one that agrees alone is the issuer, who gives its consent."""
    return len(units.names) > 1 and flow.low.startswith("thống nhất ", units.end)


def _goes_on(flow: Flow, units: Units) -> bool:
    """Tell whether a duty begins after a comma, or after a name that cannot go on."""
    if flow.text.startswith(", ", units.end):
        return begins_with_verb(flow, units.end + 2) or _ADVERBIAL.match(flow.low, units.end + 2) is not None
    if _FOUNDED.match(flow.low, units.end):
        return True
    return tells_area(flow, units) or flow.low.startswith("mỗi ", units.end) or begins_foreign(flow, units.names[-1][0], units.end)


def is_no_duty(low: str, predicate: str) -> bool:
    """Tell whether words only exhort, inform or put into force: nothing in them can be checked on."""
    low = _SINCE_IN_FORCE.sub("", low)
    words = _CITATION.sub("", predicate.strip(" .,;/:")).strip(" .,;/:")
    return (
        _THANKS_ONLY.search(low) is not None
        or not words
        or _GENERIC.fullmatch(words) is not None
        or _PASSIVE_ONLY.search(words) is not None
    )
