"""Clauses of a paragraph, and who has to do something in each: verbs of giving, units that a sentence begins with."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from services.directives.intake.clause_spans import Clause, spans_of
from services.directives.intake.flow import Flow, Span
from services.directives.intake.leads_behind import led_behind, led_by
from services.directives.intake.name_objects import begins_foreign
from services.directives.intake.units import Reader, Units, tells_area
from services.directives.intake.word_patterns import begins_with_verb

_GIVING: Final = re.compile(
    r"(?<!\w)(?P<verb>(?:giao|yêu cầu|đề nghị|phân công|chỉ đạo|ủy quyền|trân trọng đề nghị|kính đề nghị|đồng ý giao|"
    r"thống nhất giao|lưu ý|nhắc)(?:\s(?:nhiệm vụ|trách nhiệm))?(?:\scho)?:?\s)"
)
_NOT_GIVEN: Final = re.compile(
    r"(?:đã|được|đang|do|theo|xét|vừa|trước đây|nếu|khi|của|tại|sự|việc|có|những|các|kết quả|"
    r"văn bản(?! này)|nhiệm vụ|vướng mắc,)\s(?:\w+\s){0,2}$"
)
_PROPOSED: Final = re.compile(r"(?<!\w)(?:tham mưu|trình|đề xuất|kiến nghị|giúp)(?:\scho)?\s[^,;.:]{2,80}$")
"""What somebody drafts for another to give: "tham mưu UBND huyện giao Phòng A …"."""
_PAST: Final = re.compile(
    r"(?:đã|đang|chưa|mới|từng|nào|nên|vừa|được|chậm(?! nhất)|bị(?! động)|vi phạm|để xảy ra|"
    r"không [^,;.]{1,60}? thì|nhận được|nhận thấy|sẽ|trả lời|có ý kiến|kết luận|ban hành .{0,60}như sau|"
    r"hướng dẫn như sau|thông báo (?:(?:ý kiến |nội dung )?(?:kết luận|chỉ đạo|truyền đạt)|như|"
    r"(?:để|đến|cho)[^.;]*?(?<!\w)(?:biết|thực hiện))|"
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
_EVERY: Final = re.compile(r"(?:định kỳ )?(?:hằng|hàng|mỗi) (?:ngày|tuần|tháng|quý|năm)\s")
_TOPIC: Final = re.compile(r"(?:chế độ|công tác|việc|lĩnh vực|nội dung|nhiệm vụ)\s[^:;.,]{2,60}:\s")
"""What a paragraph is about, before the unit that acts in it."""


def clauses_of(reader: Reader, flow: Flow) -> Iterator[Clause]:
    """Give the clauses of a paragraph, parted also where a verb of giving names units after others were given something."""
    begun: int | None = None
    for start, end in spans_of(flow):
        at = start if begun is None else begun
        begun = at if end < len(flow) and (_only_names(reader, flow, start, end) or _lists_others(reader, flow, at, end)) else None
        if begun is None:
            yield from _of_one(reader, flow, at, end)


def _only_names(reader: Reader, flow: Flow, start: int, end: int) -> bool:
    """Tell whether nothing but units stands before a semicolon, so that the sentence goes on after it."""
    giving = _GIVING.match(flow.low, start)
    at = giving.end() if giving else start
    units = reader.read(flow.part(0, end), at) if reader.starts_at(flow, at) else None
    return units is not None and units.end >= end and (giving is None or reader.starts_at(flow, end + 2))


SIDE_BY_SIDE: Final = re.compile(r"(?:chủ trì(?:,| và)?\s)?(?:phối hợp(?:\s(?:chặt chẽ|tốt))?\s(?:cùng với|cùng|với)|cùng với|cùng):?\s")


def _lists_others(reader: Reader, flow: Flow, start: int, end: int) -> bool:
    """Tell whether a semicolon only parts those with whom somebody has to do what comes after them: "A phối hợp với B; C; D …"."""
    part = flow.part(0, end)
    giving = _GIVING.match(flow.low, start)
    units = reader.read(part, giving.end() if giving else start)
    joint = SIDE_BY_SIDE.match(flow.low, units.end if units else start)
    others = reader.read(part, joint.end()) if joint else None
    return others is not None and others.end >= end and reader.starts_at(flow, end + 2)


def _of_one(reader: Reader, flow: Flow, start: int, end: int) -> Iterator[Clause]:
    part = flow.part(0, end)
    given = list(_given(reader, part, start))
    given = [one for one, after in zip(given, [*given[1:], None], strict=False) if not (after and _is_cited(reader, part, one, after))]
    if given:
        asks = _who_asks(reader, part, start, given[0].opens)
        if asks is not None:
            yield asks
            return
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
    if own.role == "giver" and own.units and _HANDS_ON.match(part.low, own.predicate) and not reader.is_issuer(part, own.units):
        own = replace(own, role="subject")
    led = (led_by(reader, part, start) or led_behind(reader, part, start)) if own.role == "none" else None
    if led is not None:
        yield led
        return
    is_issuer = own.role == "none" or (own.role == "giver" and own.units is not None and reader.is_issuer(part, own.units))
    asked = _asked(part, start) if is_issuer else None
    yield Clause(asked[0], end, "asked", None, asked[0], asked[1]) if asked else own


_CITING: Final = re.compile(r"(?:thực hiện|căn cứ|theo|xét|nhận được|tiếp theo|trên cơ sở|tại)\s[^;]*?(?:số|ngày)\s")


def _is_cited(reader: Reader, flow: Flow, one: Clause, after: Clause) -> bool:
    """Tell whether a verb of giving only tells what a cited document asks for: the issuer itself is named before the next one."""
    if not _CITING.match(flow.low, one.start, one.opens):
        return False
    joints = re.finditer(r",\s(?:nay\s)?", flow.low[one.predicate : after.opens])
    names = (reader.read(flow, one.predicate + joint.end()) for joint in joints)
    return any(units is not None and units.end == after.opens for units in names)


_HANDS_ON: Final = re.compile(r"(?:giao|phân công|yêu cầu)(?!\w)")
_ASKS: Final = re.compile(r"(?:yêu cầu|đề nghị|nhắc|lưu ý|phân công)(?!\w)")


def _who_asks(reader: Reader, flow: Flow, start: int, asking: int) -> Clause | None:
    """Return the clause of a unit that itself has to ask others for something: it is its own duty, unless it is the issuer."""
    own = _subject(reader, flow, start, len(flow))
    if own.units is None or own.role not in {"giver", "subject"} or reader.is_issuer(flow, own.units):
        return None
    if (own.role == "giver" and own.predicate != asking) or not (own.role == "giver" or _ASKS.match(flow.low, asking)):
        return None
    return Clause(start, len(flow), "subject", own.units, own.opens, own.predicate)


def _acts_before(flow: Flow, own: Clause, given: Clause) -> bool:
    """Tell whether the unit before a verb of giving has a duty of its own there, and is not the one that gives."""
    between = flow.low[own.predicate : given.opens].strip(" ,")
    return len(between.split()) > 3 and not _GIVES.match(flow.low, own.predicate) and not _PAST.match(flow.low, own.predicate)  # noqa: PLR2004


def _given(reader: Reader, flow: Flow, start: int) -> Iterator[Clause]:
    for match in _GIVING.finditer(flow.low, start):
        at = match.end()
        before = flow.low[start : match.start()]
        if match["verb"].startswith("chỉ đạo") or _NOT_GIVEN.search(before) or _PROPOSED.search(before):
            continue
        at = _actor_of_topic(reader, flow, at, is_topic=True) if reader.starts_at(flow, at) else at
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
        at = _actor_of_topic(reader, flow, at, is_topic=at > start)
        return _judged(reader, flow, start, end, at) or Clause(start, end, "none")
    every = _EVERY.match(flow.low, start)
    if every and reader.starts_at(flow, every.end()) and (found := _judged(reader, flow, start, end, every.end())):
        return Clause(start, end, "adverbial" if found.role == "subject" else found.role, found.units, found.opens, found.predicate)
    if _ADVERBIAL.match(flow.low, start) or _TOPIC.match(flow.low, start):
        for match in re.finditer(r"[,:]\s(?:thì\s)?", flow.low[start:end]):
            after = start + match.end()
            if not reader.starts_at(flow, after) or _is_place(reader, flow, start, after):
                continue
            if (found := _judged(reader, flow, start, end, after)) and found.role != "none":
                return Clause(start, end, "adverbial" if found.role == "subject" else found.role, found.units, after, found.predicate)
    return _after_topic(reader, flow, start, end) or Clause(start, end, "none")


_ANY_TOPIC: Final = re.compile(r"[^:;.,()]{2,80}(?<!gồm)(?<!sau)(?<!là)(?<!phần)(?<!hợp)(?<!gửi)(?<!nhận)\s?:\s")


def _after_topic(reader: Reader, flow: Flow, start: int, end: int) -> Clause | None:
    """Return the clause whose unit stands behind what it is about: "Rà soát thủ tục: Phòng A chủ trì …"."""
    topic = _ANY_TOPIC.match(flow.text, start, end)
    units = reader.read(flow, topic.end()) if topic and reader.starts_at(flow, topic.end()) else None
    if topic is None or units is None or _PAST.match(flow.low, units.end):
        return None
    is_listed = begins_with_verb(flow, start) and (not flow.low[units.end : end].strip(" .;/") or flow.low.startswith(", ", units.end))
    if not (is_listed or begins_with_verb(flow, units.end)):
        return None
    return Clause(start, end, "subject", units, start, start if is_listed else units.end)


def _actor_of_topic(reader: Reader, flow: Flow, at: int, *, is_topic: bool) -> int:
    """Return where the unit that acts is named: after those that it is about, "Đối với các hộ dân: UBND xã A vận động …"."""
    about = reader.read(flow, at) if is_topic else None
    if about is None or not flow.text.startswith(": ", about.end) or not reader.starts_at(flow, about.end + 2):
        return at
    actor = reader.read(flow, about.end + 2)
    return about.end + 2 if actor and begins_with_verb(flow, actor.end) else at


_PLACES: Final = re.compile(r"(?:về|tại|trên|từ|ở)\s")


def _is_place(reader: Reader, flow: Flow, start: int, at: int) -> bool:
    """Tell whether a name goes on a list of places in a title: "Về các bến tại phường A, phường B:"."""
    units = reader.read(flow, at) if _PLACES.match(flow.low, start) else None
    return units is not None and flow.text[units.end : units.end + 1] == ":" and flow.low.startswith(", ", at - 2)


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
    if flow.low.startswith(", mỗi ", units.end):
        return True
    if flow.text.startswith(", ", units.end):
        return begins_with_verb(flow, units.end + 2) or _ADVERBIAL.match(flow.low, units.end + 2) is not None
    if _FOUNDED.match(flow.low, units.end):
        return True
    return tells_area(flow, units) or flow.low.startswith("mỗi ", units.end) or begins_foreign(flow, units.names[-1][0], units.end)
