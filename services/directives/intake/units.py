"""Units in running text: where a name begins, how far it goes, and lists of names."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from services.directives.intake.flow import Flow, Span, even
from services.directives.intake.unit_words import (
    COLLECTIVE,
    COLLECTIVE_MARK,
    COMPOUNDS,
    GOES_ON,
    HEADS,
    INSIDE_NAMES,
    NAMING_HEADS,
    NO_HEADS,
    PEOPLE,
    PLURAL,
    VERBS,
)

MAX_NAME: Final = 160
MAX_UNITS: Final = 40


def any_of(words: Iterable[str]) -> str:
    """Return a pattern of whole words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + r")(?!\w)"


_HEAD = re.compile(any_of(HEADS))
_PERSON = re.compile(any_of(PEOPLE))
_MANY = re.compile(rf"{any_of(PLURAL)}\s(?:{any_of(COLLECTIVE)}|{any_of(HEADS)}|{any_of(PEOPLE)})")
_MORE = re.compile(any_of(COLLECTIVE))
_OF_MANY = re.compile(rf"\scác\s{any_of(COLLECTIVE)}")
_VERB = re.compile(any_of(VERBS))
_INSIDE = re.compile(any_of(INSIDE_NAMES))
_COMPOUND = re.compile(any_of(COMPOUNDS))
_GOES_ON = re.compile(any_of(GOES_ON))
_TOLD_AREA = re.compile(
    r"(?<!tác)(?<!nông)\s(?:tỉnh|huyện|xã|phường|quận|thị xã|thành phố|TP\.?|thị trấn|đặc khu|thôn)(?:\s[A-ZĐÀ-Ỹ0-9][\w']*)*$"
)
_NAMING = re.compile(rf"(?:(?:các|mọi|mỗi)\s)?{any_of(NAMING_HEADS)}$".replace(r"(?!\w)$", "$"))
_SEPARATOR = re.compile(r"\s?[,;]\s(?:và\s|hoặc\s)?|\s(?:và|hoặc)\s|\s?/\s?")
_ASIDE = re.compile(r"\s?\([^()]{0,200}\)")
_TOKEN = re.compile(r"[\w&'.]*[\w&](?:/[\w&]+)?")
_NO_VERB = re.compile(
    r"có (?:liên quan|tên|thẩm quyền|chức năng|đất|rừng|dự án)|cấp (?:xã|huyện|tỉnh|cơ sở|trung ương|phường)|quản lý nhà nước|"
    r"được (?:giao|phân công)"
    r"|trực thuộc|(?<=các )cấp|(?<=thứ )cấp|(?<=trung )cấp|(?<=cao )cấp|(?<=sơ )cấp|(?<=thường )trực|(?<=trật )tự|giúp việc"
    r"|cấp ủy|(?<=di )tích|(?<=chăn )nuôi|(?<=người )có công|(?<=địa )bàn|(?<=dục )thường xuyên|tự quản"
    r"|(?<=trường công )lập|(?<=nghiệp công )lập"
    r"|(?<=ngoài công )lập|(?<=độc )lập|(?<=hàng )không|(?<=ngoại )giao|(?<=chuyển )giao|(?<=cây )trồng|(?<=vật )nuôi"
    r"|(?<=sáng )tạo|(?<=chứng )khoán|cứu (?:hộ|nạn)|bán trú|giao (?:thông|dịch)|đo lường|thu nhập|thi (?:đua|hành án)"
    r"|cấp (?:thoát )?nước|trồng trọt|bán lẻ (?=xăng|thuốc)"
    r"|(?<=công )trình|(?<=chương )trình|(?<=quy )trình|(?<=quá )trình|(?<=lộ )trình|(?<=doanh )thu|"
    r"(?<=người )làm|(?<=việc )làm|thường trực (?:hđnd|ubnd|đảng)"
)
_ENDS_WITH_AREA = re.compile(r"(?<!\w)(?:tỉnh|huyện|xã|phường|quận|thị xã|thành phố|thị trấn)$")
_AREA_WORD = re.compile(r"(?:tỉnh|huyện|xã|phường|quận|thị xã|thành phố|thị trấn|đặc khu)(?!\w)(?! [A-ZĐ])")
_AREA_NAMED = re.compile(r"(?:tỉnh|huyện|xã|phường|quận|thị xã|thành phố|thị trấn|đặc khu)(?: [A-ZĐ][\w']*)+")
_HONOURED = re.compile(r"(?:ông|bà|đồng chí|đ/c|thầy|cô)\s")
_TITLE = re.compile(
    r",\s(?=(?:phó |quyền |nguyên )?(?:chủ tịch|giám đốc|chánh|trưởng|bí thư|bộ trưởng|thứ trưởng|hiệu trưởng|chi cục|cục trưởng|"
    r"vụ trưởng|ủy viên|thư ký|đội trưởng|phó)(?!\w))"
)
_PAIR = re.compile(
    r"(?:phòng, chống|phát thanh, truyền hình|cây trồng, vật nuôi|phòng cháy, chữa cháy|cứu nạn, cứu hộ|cứu hộ, cứu nạn|"
    r"bồi thường, hỗ trợ|hỗ trợ và tái định cư|hỗ trợ, tái định cư|phòng ngừa, ứng phó|giống cây, con|thi đua, khen thưởng)(?!\w)"
)
LONGEST_PAIR: Final = 24
_OF_WHICH_KIND = re.compile(
    r"(?<!\w)các(?!\w).*(?<!\w)(?:sở|phòng|bộ|ban|ngành|tỉnh|huyện|xã|phường|thành phố|quận|thị trấn|trường|đơn vị)$", re.DOTALL
)
_OFFICE_OF = re.compile(r"(?:văn phòng|vp)(?!\w).*(?:hđnd|hội đồng nhân dân|cấp ủy)$")
_OF_SOCIETY = re.compile(r" - (?:xã hội|nghề nghiệp|sinh viên|kỹ thuật|an ninh|đô thị|môi trường|gia đình)(?!\w)")
_COUNCIL = re.compile(r"(?:thường trực )?(?:hđnd|hội đồng nhân dân)")
_SECOND_HOUSE = re.compile(r"(?:ubnd|ủy ban nhân dân|hđnd|hội đồng nhân dân|đoàn đbqh)(?!\w)")
_AND_CAPITAL = re.compile(r"[^;:.()\n]{1,60}?\svà\s(?P<next>\w)")


@dataclass(frozen=True)
class Units:
    """Names of units that stand side by side, and where what follows them begins."""

    names: tuple[Span, ...]
    end: int


class Reader:
    """Reads units out of one letter's flows; `known` are names that the letter itself sets apart (addressees, headings), folded."""

    def __init__(self, known: Iterable[str] = ()) -> None:
        self._known = sorted({name for name in known if name}, key=len, reverse=True)

    def starts_at(self, flow: Flow, at: int) -> bool:
        """Tell whether a unit's name may begin here."""
        low, text = flow.low, flow.text
        if at >= len(low) or (at and (low[at - 1].isalnum())):
            return False
        if self._known_end(flow, at):
            return True
        if NO_HEADS.match(low, at):
            return False
        if _MANY.match(low, at) or _PERSON.match(low, at):
            return True
        head = _HEAD.match(low, at)
        return head is not None and (text[at].isupper() or _is_upper_after(text, head.end()))

    def read(self, flow: Flow, at: int) -> Units | None:
        """Return the units that are named from here on, or None."""
        names: list[Span] = []
        end = at
        while len(names) < MAX_UNITS and self.starts_at(flow, at):
            end = self._name_end(flow, at)
            if end <= at:
                break
            names.append((at, end))
            end = self._after_title(flow, at, _after_aside(flow, end))
            separator = _SEPARATOR.match(flow.low, end)
            if separator is None:
                break
            at = separator.end()
        return Units(tuple(names), _after_space(flow, end)) if names else None

    def _after_title(self, flow: Flow, at: int, end: int) -> int:
        """Return where the office ends that a person's name is followed by: it is no second one."""
        title = _TITLE.match(flow.low, end) if _HONOURED.match(flow.low, at) else None
        return self._name_end(flow, title.end()) if title and self.starts_at(flow, title.end()) else end

    def _known_end(self, flow: Flow, at: int) -> int | None:
        for name in self._known:
            end = at + len(name)
            if flow.plain.startswith(name, at) and not flow.plain[end : end + 1].isalnum() and not _goes_on(flow, end):
                return end
        return None

    def _name_end(self, flow: Flow, at: int) -> int:
        known = self._known_end(flow, at)
        if known:
            return known
        is_many = _MANY.match(flow.low, at) is not None
        head = _MANY.match(flow.low, at) or _HEAD.match(flow.low, at) or _PERSON.match(flow.low, at)
        end = head.end() if head else at
        if not is_many and head:
            many = re.compile(rf"\s{any_of(PLURAL)}").match(flow.low, end)
            is_many = many is not None
        return self._extend(flow, at, end, is_many=is_many)

    def _extend(self, flow: Flow, at: int, end: int, *, is_many: bool) -> int:
        while end - at < MAX_NAME:
            step = self._step(flow, at, end, is_many=is_many or "các " in flow.low[at:end])
            if step is None:
                return end
            end = step
        return end

    def _step(self, flow: Flow, at: int, end: int, *, is_many: bool) -> int | None:
        """Return where the name's next word ends, None where the name is over."""
        low, text = flow.low, flow.text
        if low.startswith((", ", " và "), end):
            return self._past_join(flow, at, end, is_many=is_many)
        if _OF_SOCIETY.match(low, end):
            return _token_end(flow, end + 3)
        if low.startswith(" - ", end):
            return _token_end(flow, end + 3) if text[end + 3 : end + 4].isupper() else None
        if low.startswith(": ", end):
            return _token_end(flow, end + 2) if _OF_WHICH_KIND.search(low[at:end]) else None
        if not low.startswith((" ", "\t"), end):
            return None
        following = end + 1
        is_name = text[following : following + 1].isupper() or text[following : following + 1].isdigit()
        is_over = not is_name and (low.startswith("mỗi ", following) or _is_verb(flow, at, following) or _is_strange(flow, at, following))
        return None if is_over else _token_end(flow, following)

    def _past_join(self, flow: Flow, at: int, end: int, *, is_many: bool) -> int | None:
        """Return where the name's next word ends after a comma or "và", None where that begins something else."""
        is_comma = flow.low.startswith(", ", end)
        following = end + (2 if is_comma else 4)
        joined = _joined_to(flow, at, end, following, is_many=is_many)
        if joined is not None or self.starts_at(flow, following):
            return joined
        is_name = flow.text[following : following + 1].isupper()
        goes_on = not is_comma or _closes(flow, following) or is_many if is_name else not is_comma and _INSIDE.match(flow.low, following)
        return _token_end(flow, following) if goes_on else None


def _joined_to(flow: Flow, at: int, end: int, following: int, *, is_many: bool) -> int | None:
    """Return where a word ends that belongs to the name before it, by what that name is: one of many, an area, an office of two houses."""
    before = flow.low[at:end]
    found: re.Match[str] | None = None
    if is_many and not flow.text[following : following + 1].isupper():
        found = _MORE.match(flow.low, following)
        person = _PERSON.match(flow.low, following)
        found = None if found and person and person.end() > found.end() else found
    if found is None and _ENDS_WITH_AREA.search(before):
        found = _AREA_WORD.match(flow.text, following)
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


def _closes(flow: Flow, at: int) -> bool:
    """Tell whether the enumeration inside a name ends with "và" and a capital: "Văn hóa, Thể thao và Du lịch"."""
    match = _AND_CAPITAL.match(flow.text, at)
    return match is not None and match["next"].isupper() and not _VERB_INSIDE.search(flow.text[at : match.end()])


_VERB_INSIDE = re.compile(
    rf"\s(?:chủ trì|phối hợp|tham mưu|báo cáo|rà soát|tổng hợp)(?!\w)|(?:{_SEPARATOR.pattern})(?:Sở|Phòng|UBND|Ban|Công an|Văn phòng)\s"
)


def _is_verb(flow: Flow, at: int, following: int) -> bool:
    """Tell whether a duty begins here; some of its words also go on the name that they come right after."""
    low = flow.low
    if _VERB.match(low, following) is None or _NO_VERB.match(low, following):
        return False
    before = low[at : following - 1]
    if _ends_compound(flow, at, following):
        return False
    if _NAMING.fullmatch(before) and _INSIDE.match(low, following):
        return False
    if before.endswith(" và"):
        return False
    return not any(
        low.startswith(word, max(following - cut, at)) for word in INSIDE_NAMES if " " in word for cut in _cuts(word)
    )  # fmt: skip


def _ends_compound(flow: Flow, at: int, following: int) -> bool:
    """Tell whether a word is the second part of one that the name has begun with a capital: "Chăn nuôi"."""
    begins = flow.text.rfind(" ", at, following - 1) + 1
    return flow.text[begins : begins + 1].isupper() and _COMPOUND.match(flow.low, begins) is not None


def _cuts(phrase: str) -> Iterator[int]:
    """Give how far before each later word of a phrase the phrase begins."""
    return (match.end() for match in re.finditer(r"\s", phrase))


def _token_end(flow: Flow, at: int) -> int | None:
    match = _TOKEN.match(flow.text, at)
    return match.end() if match else None


def _is_upper_after(text: str, end: int) -> bool:
    return text[end : end + 1] == " " and text[end + 1 : end + 2].isupper()


def _goes_on(flow: Flow, end: int) -> bool:
    """Tell whether a known name is only the beginning of a longer one."""
    return (
        flow.text.startswith(" - ", end)
        or _is_upper_after(flow.text, end)
        or flow.low.startswith((" và đ",), end)
        or _OF_MANY.match(flow.low, end) is not None
    )


def _after_aside(flow: Flow, end: int) -> int:
    match = _ASIDE.match(flow.text, end)
    return match.end() if match else end


def _after_space(flow: Flow, end: int) -> int:
    return end + 1 if flow.text[end : end + 1].isspace() else end


def tells_area(flow: Flow, units: Units) -> bool:
    """Tell whether the last name ends with its area, so that whatever follows is no part of it."""
    return _TOLD_AREA.search(flow.text[slice(*units.names[-1])]) is not None and flow.text[units.end - 1] == " "


def is_collective(name: str) -> bool:
    """Tell whether a name stands for many units, which have to be told."""
    return COLLECTIVE_MARK.search(even(name).low) is not None


def begins_with_verb(flow: Flow, at: int = 0) -> bool:
    """Tell whether a duty's verb stands here."""
    return _VERB.match(flow.low, at) is not None
