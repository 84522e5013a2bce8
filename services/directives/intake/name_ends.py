"""Where units' names end: verbs that begin what is to be done, words that no name has, enumerations inside names."""

import re
from collections.abc import Iterator
from typing import Final

from services.directives.intake.flow import Flow
from services.directives.intake.name_objects import is_foreign, is_object, is_team
from services.directives.intake.name_tables import NO_VERB, OF_KIND, OFTEN_PREDICATES, PREDICATES
from services.directives.intake.unit_words import COLLECTIVE, COMPOUNDS, GOES_ON, INSIDE_NAMES, NAMING_HEADS, PEOPLE
from services.directives.intake.word_patterns import VERB, any_of

_MORE = re.compile(any_of(COLLECTIVE))
INSIDE = re.compile(any_of(INSIDE_NAMES))
_COMPOUND = re.compile(any_of(COMPOUNDS))
_GOES_ON = re.compile(any_of(GOES_ON))
_TOLD_AREA = re.compile(
    r"(?<!tác)\s(?:tỉnh|huyện|xã|phường|quận|thị xã|thành phố|TP\.?|thị trấn|đặc khu|(?<!nông )thôn)(?:\s[A-ZĐÀ-Ỹ0-9][\w']*)*$"
)
_NAMING = re.compile(rf"(?:(?:các|mọi|mỗi)\s)?{any_of(NAMING_HEADS)}$".replace(r"(?!\w)$", "$"))
SEPARATOR = re.compile(r"\s?[,;]\s(?:và\s|hoặc\s)?|\s(?:và|hoặc|&)\s|\s?/\s?")
_ENDS_WITH_AREA = re.compile(r"(?<!\w)(?:tỉnh|huyện|xã|phường|quận|thị xã|thành phố|thị trấn)$")
_AREA_WORD = re.compile(r"(?:tỉnh|huyện|xã|phường|quận|thị xã|thành phố|thị trấn|đặc khu)(?!\w)(?! [A-ZĐ])")
_AREA_NAMED = re.compile(r"(?:tỉnh|huyện|xã|phường|quận|thị xã|thành phố|thị trấn|đặc khu)(?: [A-ZĐ][\w']*)+")
_PAIR = re.compile(
    r"(?:phòng, chống|cấp ủy, chính quyền|phổ biến, giáo dục|"
    r"phát thanh, truyền hình|cây trồng, vật nuôi|phòng cháy, chữa cháy|cứu nạn, cứu hộ|cứu hộ, cứu nạn|"
    r"bồi thường, hỗ trợ|hỗ trợ và tái định cư|hỗ trợ, tái định cư|nội trú, bán trú|khám bệnh, chữa bệnh|phòng ngừa, ứng phó|"
    r"giống cây, con|thi đua, khen thưởng)(?!\w)"
)
LONGEST_PAIR: Final = 24
_OFFICE_OF = re.compile(
    r"(?:đồng chí |đ/c )?(?:phó |lãnh đạo )?(?:chánh )?(?:văn phòng|vp)(?!\w).*(?:hđnd|hội đồng nhân dân|cấp ủy|quốc hội)$"
)
_LEVEL = re.compile(r"cấp (?:tỉnh|huyện|xã|phường|cơ sở)(?!\w)")
_ENDS_WITH_LEVEL = re.compile(rf"{_LEVEL.pattern}$".replace(r"(?!\w)$", "$"))
_COUNT = re.compile(r"\d{1,3} (?:xã|phường|thị trấn|huyện|thị xã|thành phố|thôn|bản|ấp)(?!\w)")
_ENDS_WITH_COUNT = re.compile(r"\d{1,3} (?:xã|phường|thị trấn|huyện|thị xã|thành phố|thôn|bản|ấp)$")
_OF_AREAS = re.compile(
    r"(?:ubnd|ủy ban nhân dân|hđnd|hội đồng nhân dân)\s(?:\d{1,3}|các)\s(?:huyện|xã|phường|quận|thị xã|thị trấn|thành phố)(?!\w)"
)
_AREA_KIND = re.compile(r"(?:huyện|xã|phường|quận|thị xã|thị trấn|thành phố|đặc khu|cấp|tỉnh)(?!\w)")
_COUNCIL = re.compile(r"(?:thường trực )?(?:hđnd|hội đồng nhân dân)")
_SECOND_HOUSE = re.compile(r"(?:ubnd|ủy ban nhân dân|hđnd|hội đồng nhân dân|đoàn đbqh)(?!\w)")
_AND_CAPITAL = re.compile(r"[^;:.()\n]{1,60}?\svà\s(?P<next>\w)")
PERSON = re.compile(any_of(PEOPLE))
_MEMBER_OF = re.compile(r"(?:(?:các|mọi|mỗi|toàn thể)\s)?(?:thành viên|ủy viên|lãnh đạo|trưởng|đại diện)\s(?=\w)")
_ADDRESSED = re.compile(r"(?:^|\s)(?:đồng chí|đ/c|ông|bà|đại diện)$")


def ends_name(flow: Flow, at: int, following: int) -> bool:
    """Tell whether a name is over before a word: what is to be done begins with it, or it is no word of names."""
    sign = flow.text[following : following + 1]
    if sign.isupper() or sign.isdigit():
        return False
    return (
        flow.low.startswith("mỗi ", following)
        or _is_verb(flow, at, following)
        or _is_strange(flow, at, following)
        or is_foreign(flow, at, following)
    )


def joined_to(flow: Flow, at: int, end: int, following: int, *, is_many: bool) -> int | None:
    """Return where a word ends that belongs to the name before it, by what that name is: one of many, an area, an office of two houses."""
    before = flow.low[at:end]
    found: re.Match[str] | None = None
    if is_many and not flow.text[following : following + 1].isupper():
        found = _MORE.match(flow.low, following)
        person = PERSON.match(flow.low, following)
        is_other = _OF_AREAS.search(before) is not None and _AREA_KIND.match(flow.low, following) is None
        found = None if found and (is_other or (person and person.end() > found.end())) else found
    if found is None and _ENDS_WITH_AREA.search(before):
        found = _AREA_WORD.match(flow.text, following)
    if found is None and _ENDS_WITH_LEVEL.search(before):
        found = _LEVEL.match(flow.low, following)
    if found is None and _ENDS_WITH_COUNT.search(before):
        found = _COUNT.match(flow.low, following)
    if found is None and is_many:
        found = _AREA_NAMED.match(flow.text, following)
    if found is None:
        found = next(
            (pair for pair in _PAIR.finditer(flow.low, max(at, end - LONGEST_PAIR), end + LONGEST_PAIR) if pair.start() < end < pair.end()),
            None,
        )
    if found is None and (_OFFICE_OF.match(before) or _COUNCIL.fullmatch(before)):
        found = _SECOND_HOUSE.match(flow.low, following)
    return found.end() if found else None


def _is_strange(flow: Flow, at: int, following: int) -> bool:
    """Tell whether a word, whatever it means, cannot go on a name that has told its area already: "UBND xã Quý Sơn truy quét"."""
    area = _TOLD_AREA.search(flow.text[at : following - 1])
    return area is not None and area.start() > 0 and _GOES_ON.match(flow.low, following) is None


def closes(flow: Flow, at: int) -> bool:
    """Tell whether the enumeration inside a name ends with "và" and a capital: "Văn hóa, Thể thao và Du lịch"."""
    match = _AND_CAPITAL.match(flow.text, at)
    return match is not None and match["next"].isupper() and not _MIXED.search(flow.text[at : match.end()])


_MIXED = re.compile(
    rf"\s(?:chủ trì|phối hợp|tham mưu|báo cáo|rà soát|tổng hợp)(?!\w)|(?:{SEPARATOR.pattern})(?:Sở|Phòng|UBND|Ban|Công an|Văn phòng)\s"
)


def _is_verb(flow: Flow, at: int, following: int) -> bool:
    """Tell whether a duty begins here; some of its words also go on the name that they come right after."""
    low = flow.low
    before = low[at : following - 1]
    if VERB.match(low, following) is None or NO_VERB.match(low, following) or (_ADDRESSED.search(before) and PERSON.match(low, following)):
        return False
    if _ends_compound(flow, at, following):
        return False
    if _NAMING.fullmatch(low, _head_at(flow, at), following - 1) and (inside := INSIDE.match(low, following)):
        return OF_KIND.search(before) is not None and (
            PREDICATES.match(low, following) is not None
            or (OFTEN_PREDICATES.match(low, following) is not None and not VERB.match(low, inside.end() + 1))
        )
    if before.endswith(" và") or is_team(flow, before, following):
        return False
    if any(low.startswith(word, max(following - cut, at)) for word in INSIDE_NAMES if " " in word for cut in _cuts(word)):
        return False
    return not is_object(flow, at, following)


def _head_at(flow: Flow, at: int) -> int:
    """Return where the name of the board begins whose members a name stands for."""
    member = _MEMBER_OF.match(flow.low, at)
    return member.end() if member and flow.text[member.end()].isupper() else at


def _ends_compound(flow: Flow, at: int, following: int) -> bool:
    """Tell whether a word is the second part of one that the name has begun with a capital: "Chăn nuôi"."""
    begins = flow.text.rfind(" ", at, following - 1) + 1
    return flow.text[begins : begins + 1].isupper() and _COMPOUND.match(flow.low, begins) is not None


def _cuts(phrase: str) -> Iterator[int]:
    """Give how far before each later word of a phrase the phrase begins."""
    return (match.end() for match in re.finditer(r"\s", phrase))


def ends_with_area(name: str) -> bool:
    """Tell whether a name ends with its area, so that whatever follows is no part of it."""
    return _TOLD_AREA.search(name) is not None
