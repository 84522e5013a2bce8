"""Units in running text: where a name begins, how far it goes, and lists of names."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from services.directives.intake.flow import Flow, Span, even
from services.directives.intake.name_ends import INSIDE, PERSON, SEPARATOR, closes, ends_name, ends_with_area, joined_to
from services.directives.intake.name_objects import goes_on_after_and
from services.directives.intake.unit_words import COLLECTIVE, COLLECTIVE_MARK, HEADS, NO_HEADS, PEOPLE, PLURAL
from services.directives.intake.word_patterns import any_of

MAX_NAME: Final = 160
MAX_UNITS: Final = 40

_HEAD = re.compile(any_of(HEADS))
_MANY = re.compile(rf"{any_of(PLURAL)}\s(?:{any_of(COLLECTIVE)}|{any_of(HEADS)}|{any_of(PEOPLE)})")
_OF_MANY = re.compile(rf"\scác\s{any_of(COLLECTIVE)}")
_ASIDE = re.compile(r"\s?\([^()]{0,200}\)")
_TOKEN = re.compile(r"[\w&'.]*[\w&](?:[/-][\w&]+)*")
_HONOURED = re.compile(r"(?:ông|bà|đồng chí|đ/c|thầy|cô)\s")
_TITLE = re.compile(
    r",\s(?=(?:phó |quyền |nguyên )?(?:chủ tịch|giám đốc|chánh|trưởng|bí thư|bộ trưởng|thứ trưởng|hiệu trưởng|chi cục|cục trưởng|"
    r"vụ trưởng|ủy viên|thư ký|đội trưởng|phó)(?!\w))"
)
_OF_WHICH_KIND = re.compile(
    r"(?<!\w)các(?!\w).*(?<!\w)(?:sở|phòng|bộ|ban|ngành|tỉnh|huyện|xã|phường|thành phố|quận|thị trấn|trường|đơn vị)$", re.DOTALL
)
_OF_SOCIETY = re.compile(r" - (?:xã hội|nghề nghiệp|sinh viên|kỹ thuật|an ninh|đô thị|môi trường|gia đình)(?!\w)")


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
        if _MANY.match(low, at) or PERSON.match(low, at):
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
            separator = SEPARATOR.match(flow.low, end)
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
        head = _MANY.match(flow.low, at) or _HEAD.match(flow.low, at) or PERSON.match(flow.low, at)
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
        if not low.startswith((" ", "\t"), end) or low.startswith(" do ", end):
            return None
        following = end + 1
        return None if ends_name(flow, at, following) else _token_end(flow, following)

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
            goes_on = not is_comma and (INSIDE.match(flow.low, following) is not None or goes_on_after_and(flow, following))
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
    )


def _after_aside(flow: Flow, end: int) -> int:
    match = _ASIDE.match(flow.text, end)
    return match.end() if match else end


def _after_space(flow: Flow, end: int) -> int:
    return end + 1 if flow.text[end : end + 1].isspace() else end


def tells_area(flow: Flow, units: Units) -> bool:
    """Tell whether the last name ends with its area, so that whatever follows is no part of it."""
    return ends_with_area(flow.text[slice(*units.names[-1])]) and flow.text[units.end - 1] == " "


def is_collective(name: str) -> bool:
    """Tell whether a name stands for many units, which have to be told."""
    return COLLECTIVE_MARK.search(even(name).low) is not None
