"""Vietnamese text made even, and numbers in digits or words."""

import re
import unicodedata

from services.deadlines.domain.due import ImpossiblePhraseError
from services.deadlines.domain.reading import UnclearError

# Dashes and primes to their ASCII forms; soft hyphens and zero-width characters away.
_EVEN = {
    **dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-"),
    **dict.fromkeys(map(ord, "\u2018\u2019\u2032\u00b4`"), "'"),
    **dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"), None),
}
_IN_DATES = re.compile(r"(?<=[0-9])\s?([/.\-])\s?(?=[0-9])")
_UNITS = ("", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")


def even(phrase: str) -> str:
    """Return the phrase composed (NFC), in lower case, with single spaces, none inside dates, plain dashes and primes."""
    composed = unicodedata.normalize("NFC", phrase).lower().translate(_EVEN)
    return _IN_DATES.sub(r"\1", " ".join(composed.split()))


def _spell(number: int) -> set[str]:
    tens, unit = divmod(number, 10)
    if tens == 0:
        return {_UNITS[unit]}
    ten = "mười" if tens == 1 else f"{_UNITS[tens]} mươi"
    endings = {0: {""}, 5: {" lăm", " nhăm"}}.get(unit, {f" {_UNITS[unit]}"})
    if tens > 1:
        endings = {1: {" mốt"}, 4: {" bốn", " tư"}}.get(unit, endings)
    return {ten + ending for ending in endings}


NUMBER_OF_WORDS = {words: number for number in range(1, 100) for words in _spell(number)} | {"tư": 4, "bẩy": 7}
_LONGEST_FIRST = sorted(NUMBER_OF_WORDS, key=len, reverse=True)
WORDS = rf"(?:{'|'.join(_LONGEST_FIRST)})(?!\w)"
# No figure in a letter is longer; longer ones are noise, and are not read.
FIGURE = r"[0-9]{1,9}"
FIGURE_OR_WORDS = rf"(?:{FIGURE}|{WORDS})"
NUMBER = rf"(?:{FIGURE}(?:\s?\(\s?{WORDS}\s?\))?|{WORDS}(?:\s?\(\s?{FIGURE}\s?\))?)"
_PART_OF_NUMBER = re.compile(rf"[0-9]+|{WORDS}")


def read_number(text: str) -> int:
    """Return the number written in digits, in words or in both; raise UnclearError when the two disagree."""
    values = {NUMBER_OF_WORDS.get(part) or int(part) for part in _PART_OF_NUMBER.findall(text)}
    if len(values) != 1:
        raise UnclearError("numbers-disagree")
    return values.pop()


def read_amount(text: str, most: int) -> int:
    """Return the length of a term; raise ImpossiblePhraseError for nought, UnclearError for more than the most."""
    amount = read_number(text)
    if amount == 0:
        raise ImpossiblePhraseError(f"the term {text!r} has no length", f"thời hạn “{text}” không có độ dài")
    if amount > most:
        raise UnclearError("too-far")
    return amount


# What follows a deadline may explain it, but not change it: with these left over, the reading would be a guess.
_CHANGES_AFTER = re.compile(
    r"[0-9]|\b(?:hoặc|hay|trừ|nếu|trước|sau|ngày|tháng|qu[ýí]|tuần|năm|giờ|hằng|hàng|mỗi|định\sk[ỳì]|âm|"
    r"làm\sviệc|tiếp\stheo)\b"
)
_CHANGES_BEFORE = re.compile(
    r"(?:\b(?:không|chưa|trước|sau|từ|trừ|hoặc|hay|ít\snhất|tối\sthiểu|sáng|trưa|chiều|tối|đêm)|"
    rf"\b(?:[0-9]+|{WORDS})\)?\s(?:ngày|tuần|tháng|giờ)(?:\slàm\sviệc)?)\s?$"
)
_REPEATS = re.compile(r"\b(?:định\sk[ỳì]|(?:hằng|hàng|mỗi|từng)\s(?:ngày|tuần|tháng|qu[ýí]|năm))\b")


# Without a bound of its own, a deadline leans on all before it: "một trăm" before "hai mươi ngày", "trước ngày 5 và" ….
_BOUND_AHEAD = re.compile(rf"\b(?:trăm|nghìn|ngàn|linh|lẻ|rưỡi|nửa|trong\svòng|thời\shạn|(?:chậm|muộn|trễ)\snhất|hết|hạn)\b|\b{WORDS}\s?$")


def check_rest(before: str, after: str, *, is_bound: bool = True, recurs: bool = False) -> None:
    """Raise UnclearError when words around a deadline may change it, such as "5 ngày" before "trước ngày 16/4"."""
    unread = [_CHANGES_AFTER.search(after), _CHANGES_BEFORE.search(before)]
    if not recurs:
        unread.append(_REPEATS.search(before))
    if not is_bound:
        unread += [_CHANGES_AFTER.search(before), _BOUND_AHEAD.search(before)]
    if any(unread):
        raise UnclearError("unread-words")
