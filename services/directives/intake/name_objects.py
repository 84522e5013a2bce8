"""Verbs that belong to a name as what it is about ("Phòng Quản lý thu"), and words that no name has: told by what follows them."""

import re
from typing import Final

from services.directives.intake.flow import Flow
from services.directives.intake.name_tables import ALONE, DOING, NEEDS_OBJECT, NO_PREDICATE, NOMINAL, OF_KIND, TEAM, TEAM_WORK
from services.directives.intake.unit_vocabulary import NAME_WORDS
from services.directives.intake.unit_words import HEADS
from services.directives.intake.word_patterns import VERB

LONGEST_OBJECT: Final = 8
"""How many words the object of a verb inside a name has at most."""

_WITH: Final = re.compile(
    r"có\s(?!(?:văn bản|báo cáo|kế hoạch|trách nhiệm|ý kiến|giải pháp|biện pháp|phương án|nhiệm vụ|hình thức|lịch|công văn|tờ trình|"
    r"quyết định|thông báo|chính sách|chương trình|phương pháp|mặt|thể|sự)(?!\w))"
)
_PRODUCTS: Final = re.compile(
    r"\s?(?:kế hoạch|phương án|hồ sơ|báo cáo|quy chế|đề án|dự toán|dự thảo|quy trình|chương trình|danh mục)(?!\w)"
)
_BOUND: Final = re.compile(r"\s(?:của|các|những|tại|cho|với|từ|do|theo)\s")
_LINKS: Final = re.compile(r"(?:ngày|tháng|năm|lúc|hồi|lần|từ|bởi|như|thì|mà|nơi|hay|với|bằng|qua|sau)(?!\w)")
_TOKEN: Final = re.compile(r",?\s(?P<word>[\w&'/-]+)")
_LAST_TWO: Final = re.compile(r"(?:^|.*?[\s,])(?:(?P<before>[\w&'/.-]+)\s)?(?P<last>[\w&'/.-]+)$", re.DOTALL)
_HEADS: Final = frozenset(word for head in HEADS for word in head.split())


def is_object(flow: Flow, at: int, following: int) -> bool:
    """Tell whether a verb goes on the name that begins at `at`: as its object, or as what those named do for their living."""
    before = flow.text[at : following - 1]
    if NEEDS_OBJECT.search(before) and (verb := NOMINAL.match(flow.low, following)):
        return not _PRODUCTS.match(flow.low, verb.end()) and _leads_to_predicate(
            flow, verb.end(), least=0 if ALONE.match(verb[0]) else 1, is_closed=True
        )
    if "các " not in flow.low[at:following]:
        return False
    doing = _WITH.match(flow.low, following) or (DOING.match(flow.low, following) if OF_KIND.search(before.lower()) else None)
    return doing is not None and _leads_to_predicate(flow, doing.end() - (doing[0][-1] == " "), least=1, is_closed=False)


def is_team(flow: Flow, before: str, following: int) -> bool:
    """Tell whether a verb names what a team is for, because what it has to do comes after that: "Tổ hòa giải rà soát …"."""
    work = TEAM_WORK.match(flow.low, following) if TEAM.fullmatch(before) else None
    return work is not None and _leads_to_predicate(flow, work.end(), least=0, is_closed=True)


def goes_on_after_and(flow: Flow, following: int) -> bool:
    """Tell whether words in lower case after "và" still belong to a name: only words of names, and then what is to be done."""
    verb = VERB.match(flow.low, following)
    if verb and not NOMINAL.match(flow.low, following):
        return False
    return _leads_to_predicate(flow, following - 1, least=1, is_closed=True, is_begun=verb is None)


_LAST_FIELD: Final = re.compile(r"(?P<first>[\w ]{2,40}?)\svà\s(?=\w)")


def lists_fields(flow: Flow, following: int) -> bool:
    """Tell whether fields of work in lower case go on a name up to an "và": "Xúc tiến đầu tư, thương mại và du lịch"."""
    match = _LAST_FIELD.match(flow.text, following)
    return match is not None and all(word in NAME_WORDS for word in match["first"].split()) and goes_on_after_and(flow, match.end())


def _leads_to_predicate(flow: Flow, at: int, *, least: int, is_closed: bool, is_begun: bool = True) -> bool:
    """Tell whether, after some more words, what is to be done begins, or a list below; `is_closed` where only words of names may come."""
    for count in range(LONGEST_OBJECT + 1):
        if flow.text[at : at + 1] in {":", ""}:
            return count >= least and flow.text[at : at + 1] == ":"
        token = _TOKEN.match(flow.text, at)
        if token is None or _BOUND.match(flow.low, at):
            return False
        if token[0][0] == "," and not is_closed:
            return False
        word = token.start("word")
        if (count or is_begun) and VERB.match(flow.low, word) and not NO_PREDICATE.match(flow.low, word):
            return count >= least
        if is_closed and not (token["word"][0].isupper() or token["word"] in NAME_WORDS):
            return False
        at = token.end()
    return False


def is_foreign(flow: Flow, at: int, following: int) -> bool:
    """Tell whether a word in lower case is none of those that names go on with: what is to be done begins with it."""
    token = _TOKEN.match(flow.text, following - 1)
    if token is None or token["word"] in NAME_WORDS or not flow.text[at].isupper():
        return False
    name = flow.text[at : following - 1]
    if name[1:].islower() or "các " in name.lower() or "," in name:
        return False
    last = _LAST_TWO.match(name)
    if last is None or not last["last"][0].isupper():
        return last is not None
    before = last["before"]
    return before is not None and before[0].isupper() and before.lower() not in _HEADS


def begins_foreign(flow: Flow, at: int, end: int) -> bool:
    """Tell whether a duty begins after the name [at, end) with a word that no name goes on with."""
    return is_foreign(flow, at, end) and not _LINKS.match(flow.low, end)
