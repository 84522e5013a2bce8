"""Units in running text: where a name begins, how far it goes, and lists of names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.directives.intake.flow import Flow, Span, even, fold
from services.directives.intake.name_ends import INSIDE, PERSON, SEPARATOR, closes, ends_name, ends_with_area, joined_to
from services.directives.intake.name_objects import goes_on_after_and, lists_fields
from services.directives.intake.unit_words import COLLECTIVE, COLLECTIVE_MARK, HEADS, NO_HEADS, OTHERS, PEOPLE, PLURAL, VERBS
from services.directives.intake.word_patterns import any_of, begins_with_verb

MAX_NAME: Final = 160
MAX_UNITS: Final = 40

_HEAD = re.compile(any_of(HEADS))
_MANY = re.compile(rf"{any_of(PLURAL)}\s(?:{any_of(COLLECTIVE)}|{any_of(HEADS)}|{any_of(PEOPLE)})")
_OTHERS = re.compile(any_of(OTHERS))
_OF_ALL_KINDS = re.compile(r"(?:ngành|lực lượng)$")
_OF_MANY = re.compile(rf"\scác\s{any_of(COLLECTIVE)}")
_LONGER = re.compile(
    r"\s(?:có liên quan|liên quan|thuộc|trực thuộc|khác|còn lại|trên địa bàn|đóng trên|vùng|biên giới|ven biển)(?!\w)"
    r"|,?\s(?:tỉnh|huyện|thị xã|thành phố|thị trấn|xã|phường|quận)(?!\w)|,\s(?:ban|ngành|đoàn thể|đơn vị|địa phương)(?!\w)"
)
"""With what a name goes on that the letter has told without it: "các phòng, ban" and "các phòng, ban liên quan" are not the same."""
_ASIDE = re.compile(r"\s?\([^()]{0,200}\)")
_TOKEN = re.compile(r"[\w&'.]*[\w&](?:[/-][\w&]+)*")
_HONOURED = re.compile(r"(?:ông|bà|đồng chí|đ/c|thầy|cô)\s")
_AUTHORITY = re.compile(
    rf"{any_of(PEOPLE)}|(?:thường trực|ubnd|ủy ban nhân dân|hđnd|hội đồng nhân dân|ban chỉ đạo|ban thường vụ|tỉnh ủy|thành ủy|huyện ủy|"
    r"thị ủy|quận ủy|đảng ủy|thủ tướng|chính phủ|bộ|văn phòng|nhà trường|ban giám hiệu|hội nghị|cuộc họp)(?!\w)"
)
_AS = re.compile(
    r"(?:,|\s[-\u2013])\s(?:là\s|với\s(?:vai trò|tư cách)\s(?:là\s)?|(?:trong|có)\svai trò\s(?:là\s)?)?(?:cơ quan|đơn vị|bộ phận)\s"
    r"(?:thường trực|đầu mối|chủ trì|chủ quản|tham mưu|được giao)(?!\w)[^,;.:()]{0,100}?(?:,|\s[-\u2013])\s(?=\w)"
)
"""As what a unit acts, said between its name and what it has to do: "Phòng A, cơ quan thường trực Ban Chỉ đạo, …"."""
_QUOTED = re.compile(r"\s[\"\u201c][^\"\u201c\u201d]{1,50}[\"\u201d]")
_SHORT_AREA = re.compile(r"\s(?:TP|Tp|tp|TX|tx|TT|P|Q|H|X)\.\s?(?=[^\W\d_])")
_WHERE = re.compile(rf"\snơi (?:có|xảy ra|phát hiện)(?:\s\w+){{1,4}}?(?=\s{any_of(VERBS)})")
_EACH_OF_THEM = re.compile(r"mỗi (?:đơn vị|cơ quan|bên|nơi|sở|phòng|địa phương)(?!\w)")
_NAMED_IN = re.compile(
    r"\scó tên (?:trong|tại|trên|ở) (?:danh sách|phụ lục|điều|mục|biểu|(?:quyết định|chỉ thị|kế hoạch|công văn|thông báo) này)"
    r"(?:\s(?:\d+|[ivx]+))?(?:\s(?:kèm theo|đính kèm|nêu trên|này))?(?!\w)"
    r"|\s(?:đóng|đóng chân|hoạt động|đăng ký hoạt động)\s(?:tại|trên|trong|ở)(?!\w)"
    r"|(?<=cơ sở)\skhám(?: bệnh)?,? chữa bệnh(?!\w)|\skèm theo(?!\w)|\svề trật tự xã hội(?!\w)|(?<=các )hộ dân bị ảnh hưởng(?!\w)"
    r"|\stừ (?:trung ương|tỉnh|huyện|xã) (?:đến|tới) (?:huyện|xã|thôn|cơ sở)(?!\w)"
)
_TITLE = re.compile(
    r"(?:,|\s[-\u2013])\s(?=(?:phó |quyền |nguyên )?(?:chủ tịch|giám đốc|chánh|trưởng|bí thư|bộ trưởng|thứ trưởng|"
    r"hiệu trưởng|chi cục|cục trưởng|vụ trưởng|ủy viên|thư ký|đội trưởng|phó|công chức|cán bộ|chuyên viên|kế toán|nhân viên|"
    r"giáo viên)(?!\w))"
)
_OFFICE = re.compile(r"(?:thư ký|tổ phó|đội phó|phó trưởng)(?!\w)")
_ROLE = re.compile(r"(?P<joint>(?:,|\s[-\u2013])\s)(?:cơ quan|đơn vị|bộ phận)\s(?:thường trực|đầu mối|chủ quản|được giao)(?!\w)")
_LEADS_ASIDE = re.compile(r"\s\((?:đơn vị |cơ quan )?chủ trì\)\s?[,;]\s")
_HELPS_ASIDE = re.compile(r"\((?:đơn vị |cơ quan )?phối hợp(?: thực hiện)?\)\s?$")
_OF_WHICH_KIND = re.compile(
    r"(?<!\w)các(?!\w).*(?<!\w)(?:sở|phòng|bộ|ban|ngành|tỉnh|huyện|xã|phường|thành phố|quận|thị trấn|trường|đơn vị|"
    r"hội|đoàn thể|thôn|bản|ấp)$",
    re.DOTALL,
)
_OF_SOCIETY = re.compile(r" - (?:xã hội|nghề nghiệp|sinh viên|kỹ thuật|an ninh|đô thị|môi trường|gia đình|giáo dục|khen thưởng)(?!\w)")


@dataclass(frozen=True)
class Units:
    """Names of units that stand side by side, and where what follows them begins."""

    names: tuple[Span, ...]
    end: int


class Reader:
    """Reads units out of one letter's flows; `known` are names that the letter itself sets apart (addressees, headings), folded."""

    def __init__(self, known: Iterable[str] = (), issuer: str = "") -> None:
        self._known = sorted({name for name in known if name}, key=len, reverse=True)
        self._issuer = fold(issuer)

    def is_issuer(self, flow: Flow, units: Units) -> bool:
        """Tell whether units may speak for the issuer: by its name, as its leaders, or as an authority above others."""
        names = [flow.part(*name) for name in units.names if not is_collective(flow.text[slice(*name)])]
        return not self._issuer or any(_AUTHORITY.match(name.low) or self._issuer.startswith(name.plain) for name in names)

    def starts_at(self, flow: Flow, at: int) -> bool:
        """Tell whether a unit's name may begin here."""
        low, text = flow.low, flow.text
        if at >= len(low) or (at and (low[at - 1].isalnum())):
            return False
        if self._known_end(flow, at):
            return True
        if NO_HEADS.match(low, at):
            return False
        if _MANY.match(low, at) or PERSON.match(low, at) or _OTHERS.match(low, at):
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
            beside = self._after_others(flow, end)
            if beside is not None:
                end = beside
                break
            end = self._after_role(flow, _after_aside(flow, self._after_titles(flow, at, _after_aside(flow, end))))
            separator = SEPARATOR.match(flow.low, end)
            if separator is None or _EACH_OF_THEM.match(flow.low, separator.end()):
                break
            at = separator.end()
        return Units(tuple(names), _after_space(flow, end)) if names else None

    def _after_titles(self, flow: Flow, at: int, end: int) -> int:
        """Return where the offices end that a person's name is followed by: they are no second ones."""
        title = _TITLE.match(flow.low, end) if _HONOURED.match(flow.low, at) else None
        while title:
            office = _OFFICE.match(flow.low, title.end())
            if not (office or self.starts_at(flow, title.end())):
                break
            end = self._extend(flow, title.end(), office.end(), is_many=False) if office else self._name_end(flow, title.end())
            title = _TITLE.match(flow.low, end)
        return end

    def _after_role(self, flow: Flow, end: int) -> int:
        """Return where it ends as what a unit acts, said behind its name: "Phòng A - cơ quan thường trực Ban B rà soát …"."""
        role = _ROLE.match(flow.low, end)
        told = self._name_end(flow, role.end("joint")) if role else end
        return told if told > end and begins_with_verb(flow, _after_space(flow, told)) else end

    def _after_others(self, flow: Flow, end: int) -> int | None:
        """Return where those end who take part, named behind the one who leads: "A (chủ trì); B, C (phối hợp)"."""
        leads = _LEADS_ASIDE.match(flow.low, end)
        others = self.read(flow, leads.end()) if leads and self.starts_at(flow, leads.end()) else None
        return others.end - (flow.text[others.end - 1] == " ") if others and _HELPS_ASIDE.search(flow.low, end, others.end) else None

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
        kinds = (pattern.match(flow.low, at) for pattern in (_MANY, _OTHERS, _HEAD, PERSON))
        head = max((kind for kind in kinds if kind), key=lambda kind: kind.end(), default=None)
        end = head.end() if head else at
        if not is_many and head:
            many = re.compile(rf"\s{any_of(PLURAL)}").match(flow.low, end)
            is_many = many is not None or _OF_ALL_KINDS.match(head[0]) is not None
        return self._extend(flow, at, end, is_many=is_many)

    def _extend(self, flow: Flow, at: int, end: int, *, is_many: bool) -> int:
        while end - at < MAX_NAME:
            is_told = _ROLE.match(flow.low, end) or (_HONOURED.match(flow.low, at) and _TITLE.match(flow.low, end))
            step = None if is_told else self._step(flow, at, end, is_many=is_many or "các " in flow.low[at:end])
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
        if low.startswith(" & ", end):
            return None if self.starts_at(flow, end + 3) else _token_end(flow, end + 3)
        if low.startswith(" - ", end):
            return _token_end(flow, end + 3) if text[end + 3 : end + 4].isupper() else None
        if low.startswith(": ", end):
            is_list = _OF_WHICH_KIND.search(low[at:end]) and _lists_names(flow, end + 2) and not self._acts_itself(flow, end + 2)
            return _token_end(flow, end + 2) if is_list else None
        return self._past_space(flow, at, end)

    def _goes_on_low(self, flow: Flow, at: int, end: int, following: int, *, is_comma: bool) -> bool:
        """Tell whether words in lower case after a comma or "và" belong to a name still."""
        if is_comma:
            is_kind = "các " in flow.low[at:end] and not begins_with_verb(flow, following)
            return lists_fields(flow, following) or (is_kind and goes_on_after_and(flow, following))
        if ends_with_area(flow.text[at:end]) and "các " not in flow.low[at:end]:
            return False
        return INSIDE.match(flow.low, following) is not None or goes_on_after_and(flow, following)

    def _acts_itself(self, flow: Flow, at: int) -> bool:
        """Tell whether a unit with what it has to do follows a collective's colon: "các phòng: Phòng A rà soát; Phòng B …"."""
        units = self.read(flow, at) if self.starts_at(flow, at) else None
        return units is not None and len(units.names) == 1 and begins_with_verb(flow, units.end)

    def _past_space(self, flow: Flow, at: int, end: int) -> int | None:
        """Return where the next word ends that only a space parts from the name, None where it is no part of it."""
        if told := _NAMED_IN.match(flow.low, end) or _WHERE.match(flow.low, end) or _QUOTED.match(flow.text, end):
            return told.end()
        if short := _SHORT_AREA.match(flow.text, end):
            return _token_end(flow, short.end())
        if not flow.low.startswith((" ", "\t"), end) or flow.low.startswith(" do ", end):
            return None
        return None if ends_name(flow, at, end + 1) else _token_end(flow, end + 1)

    def _past_join(self, flow: Flow, at: int, end: int, *, is_many: bool) -> int | None:
        """Return where the name's next word ends after a comma or "và", None where that begins something else."""
        is_comma = flow.low.startswith(", ", end)
        following = end + (2 if is_comma else 4)
        joined = joined_to(flow, at, end, following, is_many=is_many)
        if joined is not None or self.starts_at(flow, following):
            return joined
        is_name = flow.text[following : following + 1].isupper()
        if is_name:
            goes_on = not is_comma or closes(flow, following) or is_many
        else:
            goes_on = self._goes_on_low(flow, at, end, following, is_comma=is_comma)
        return _token_end(flow, following) if goes_on else None


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
        or _LONGER.match(flow.low, end) is not None
    )


def _after_aside(flow: Flow, end: int) -> int:
    match = _ASIDE.match(flow.text, end)
    end = match.end() if match else end
    told = _AS.match(flow.low, end)
    return told.end() if told and begins_with_verb(flow, told.end()) else end


_FIRST_OF_LIST = re.compile(r"(?P<words>[^,;.:()]{1,60}?)(?:,|\svà)\s(?P<next>\w)")
MOST_WORDS_OF_ONE: Final = 5


def _lists_names(flow: Flow, at: int) -> bool:
    """Tell whether names follow a collective's colon ("các sở: Xây dựng, Y tế"), and not what those have to do."""
    first = _FIRST_OF_LIST.match(flow.text, at)
    is_list = first is not None and first["next"].isupper() and len(first["words"].split()) <= MOST_WORDS_OF_ONE
    if begins_with_verb(flow, at):
        return first is not None and is_list and first["words"][1:].islower()
    second = flow.text.find(" ", at) + 1
    return is_list or (second > 0 and flow.text[second : second + 1].isupper())


def _after_space(flow: Flow, end: int) -> int:
    return end + 1 if flow.text[end : end + 1].isspace() else end


def tells_area(flow: Flow, units: Units) -> bool:
    """Tell whether the last name ends with its area, so that whatever follows is no part of it."""
    return ends_with_area(flow.text[slice(*units.names[-1])]) and flow.text[units.end - 1] == " "


def is_collective(name: str) -> bool:
    """Tell whether a name stands for many units, which have to be told."""
    return COLLECTIVE_MARK.search(even(name).low) is not None
