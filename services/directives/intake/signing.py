"""The foot of a letter: who signed, as what and in whose stead, and the lines of "Nơi nhận"."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from services.directives.intake.findings import Found, Signed, quoted
from services.directives.intake.flow import Flow
from services.directives.intake.zones import RECIPIENTS

_CAPACITY: Final = re.compile(r"^(?P<capacity>TM|KT|TL|TUQ|Q)\s?\.\s?(?=\S)")
_POSITION: Final = re.compile(
    r"^(?:quyen |pho |q\. )?(?:chu tich|pho chu tich|giam doc|bo truong|thu truong|hieu truong|truong|chanh|pho|cuc truong|"
    r"vu truong|thu tuong|tong giam doc|chi cuc truong|bi thu|vien truong|tong cuc truong|chi huy truong|chu nhiem|tu lenh|tong|"
    r"doi truong|to truong)"
)
_IN_WORDS: Final = re.compile(
    r"(?:quyền |phó )?(?:chủ tịch|giám đốc|bộ trưởng|thứ trưởng|thủ tướng|hiệu trưởng|trưởng|chánh|cục trưởng)(?!\w)"
)
_NAME: Final = re.compile(r"(?:(?:TS|ThS|GS|PGS|BS|CN|KS|LS)\.?\s?)*[A-ZĐÀ-Ỹ][\w']*(?:\s[A-ZĐÀ-Ỹ][\w']*){1,6}")
_NO_NAME: Final = re.compile(r"^\W*(?:da ky|ky ten|ký|duyet|phu luc)|^\(", re.IGNORECASE)


def foot_of(cells: Sequence[Flow]) -> tuple[Signed | None, tuple[Found[str], ...]]:
    """Return the signer and the recipients."""
    left, right = _apart(cells)
    return _signer(right), tuple(_recipients(left))


def _apart(cells: Sequence[Flow]) -> tuple[list[Flow], list[Flow]]:
    """Return the lines of "Nơi nhận", and the others, which are the signature's."""
    left: list[Flow] = []
    right: list[Flow] = []
    is_open = False
    for cell in cells:
        opening = RECIPIENTS.match(cell.plain)
        if opening:
            is_open = True
            rest = cell.part(opening.end())
            left += [rest] if rest.text.strip() else []
        elif is_open and _is_recipient(cell, left):
            left.append(cell)
        else:
            right.append(cell)
    return left, right


def _is_recipient(cell: Flow, left: Sequence[Flow]) -> bool:
    if cell.text.startswith(("-", "+", "•", "*")):
        return True
    if cell.text.isupper() or _CAPACITY.match(cell.text):
        return False
    return bool(left) and not left[-1].text.endswith((".", ";")) and not _NAME.fullmatch(cell.text)


def _recipients(lines: Sequence[Flow]) -> Iterator[Found[str]]:
    for line in lines:
        inner = line.stripped(" \t-+•*")
        parts = [inner] if line.text.startswith(("-", "+", "•", "*")) else list(_parts(inner))
        for part in parts:
            found = quoted(part.stripped(" \t.;,"))
            if found.value:
                yield found


def _parts(flow: Flow) -> Iterator[Flow]:
    start = 0
    for match in re.finditer(r";|$", flow.text):
        yield flow.part(start, match.start()).stripped()
        start = match.end()


def _signer(cells: Sequence[Flow]) -> Signed | None:
    """Return the last name below positions in capitals; the capacity is the one nearest to the name."""
    named = next((index for index, cell in enumerate(cells) if _is_name(cell) and any(_title(above) for above in cells[:index])), None)
    if named is None:
        return None
    above = cells[:named]
    titles = [cell for cell in above if _title(cell)]
    capacities = [cell for cell in above if _CAPACITY.match(cell.text)]
    return Signed(name=quoted(cells[named]), position=_position(titles[-1]), capacity=_capacity(capacities[-1]) if capacities else None)


def _is_name(cell: Flow) -> bool:
    words = cell.text.strip()
    return _NAME.fullmatch(words) is not None and not words.isupper() and not _NO_NAME.match(cell.plain) and not _title(cell)


def _title(cell: Flow) -> bool:
    plain = re.sub(r"^(?:tm|kt|tl|tuq|q)\s?\.\s?", "", cell.plain)
    return _POSITION.match(plain) is not None and (cell.text.isupper() or _IN_WORDS.match(cell.low) is not None)


def _position(cell: Flow) -> Found[str]:
    start = match.end() if (match := _CAPACITY.match(cell.text)) else 0
    found = quoted(cell, start)
    return Found(_sentence_case(found.value), found.span)


_OF: Final = ("Văn phòng", "Thanh tra", "Chủ tịch", "Giám đốc", "Chi cục")


def _sentence_case(words: str) -> str:
    if not words.isupper():
        return words
    written = words.capitalize()
    for name in _OF:
        written = re.sub(rf"(?<=\s){name.lower()}", name, written)
    return written


def _capacity(cell: Flow) -> Found[str]:
    match = _CAPACITY.match(cell.text)
    words = match["capacity"] if match else ""
    return Found(f"{words}.", cell.span(0, len(words) + 1))
