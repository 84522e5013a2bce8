"""Labels below an item or behind it, that say who is to do it, with whom and when: "Đơn vị chủ trì: …", "Thời gian: …"."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from services.directives.intake.coordinating import named
from services.directives.intake.deliverables import deadline_of, deliverable_of, of_product
from services.directives.intake.duties import uniquely_named
from services.directives.intake.findings import Deadline, Duty, Found, quoted
from services.directives.intake.flow import Flow
from services.directives.intake.header import split_units
from services.directives.intake.outline import Item
from services.directives.intake.phrases import cell, find
from services.directives.intake.units import Reader, is_collective

_WHO: Final = r"(?:(?:các\s)?(?:đơn vị|cơ quan|bộ phận|người|cá nhân|phòng|sở, ngành)\s)?"
_KINDS: Final = (
    ("coordinating", rf"{_WHO}phối hợp(?:\sthực hiện)?"),
    ("lead", rf"{_WHO}(?:chủ trì|đầu mối|chịu trách nhiệm|phụ trách|thực hiện)(?:\s(?:thực hiện|tham mưu|chính|chung))?|phân công"),
    ("time", r"(?:thời gian|thời hạn|tiến độ|hạn|hoàn thành)(?:\s(?:thực hiện|hoàn thành|trình|gửi|nộp|báo cáo))?"),
    ("content", r"(?:nội dung|nhiệm vụ)(?:\s(?:công việc|thực hiện))?"),
    ("product", r"(?:sản phẩm|kết quả)(?:\s(?:đầu ra|dự kiến|hoàn thành|thực hiện))?"),
)
"""What is labelled, by the words of the label."""

_LABEL: Final = re.compile(r"(?:^|(?<=[.;,(]\s)|(?<=\())(?:" + "|".join(f"(?P<{name}>{words})" for name, words in _KINDS) + r")\s?:\s")

Labels = Mapping[str, Flow]


def apart(items: Sequence[Item]) -> tuple[list[Item], dict[int, Labels]]:
    """Return the items without those that only label the one before them, and the labels of each by its identity.

    Labels without one who leads are left where they are: a time alone goes on the text before it.
    """
    kept: list[Item] = []
    found: dict[int, Labels] = {}
    names = Reader()
    at = 0
    while at < len(items):
        item = items[at]
        at += 1
        below = _below(items, at) if item.kind not in {"none", "table"} else []
        own = _behind(item.flow)
        labels = {name: flow for each in (item.flow.part(own), *(one.flow for one in below)) for name, flow in _pieces(each)}
        if own and "lead" in labels and names.starts_at(labels["lead"], 0):
            found[id(item)] = labels
            item.flow = item.flow.part(0, own).stripped(" .;,(")
            item.children = [child for child in item.children if all(child is not one for one in below)]
            at += len(below)
        kept.append(item)
    return kept, found


def _below(items: Sequence[Item], at: int) -> list[Item]:
    above = items[at - 1]
    end = at
    while end < len(items) and items[end].parent is above and not items[end].rows and _LABEL.match(items[end].flow.low):
        end += 1
    return list(items[at:end])


def _behind(flow: Flow) -> int:
    """Return where the labels begin that stand in an item itself; its end where none do."""
    return next((match.start() for match in _LABEL.finditer(flow.low) if match["lead"]), len(flow))


def _pieces(flow: Flow) -> Iterator[tuple[str, Flow]]:
    matches = list(_LABEL.finditer(flow.low))
    ends = [*(match.start() for match in matches[1:]), len(flow)]
    for match, end in zip(matches, ends, strict=False):
        if match.lastgroup and end > match.end():
            yield match.lastgroup, flow.part(match.end(), end).stripped(" \t.;,()/")


def duty_with(reader: Reader, item: Item, labels: Labels) -> Duty:
    """Return the task that an item and its labels make."""
    nothing = Flow("", (), ())
    deliverable = of_product(labels["product"], item.flow) if "product" in labels else deliverable_of(item.flow)
    lead = tuple(_names(reader, labels["lead"]))
    time = labels.get("time", nothing)
    phrases = find(time) or tuple(filter(None, [cell(time)]))
    deadlines: list[Deadline] = [deadline_of(time, phrase, deliverable.value) for phrase in phrases]
    return Duty(
        number=Found(item.number),
        content=quoted(item.flow.stripped(" \t\n;./")),
        lead=lead,
        coordinating=tuple(_names(reader, labels.get("coordinating", nothing))),
        deliverable=deliverable,
        deadlines=uniquely_named(deadlines or [deadline_of(item.flow, each, deliverable.value) for each in find(item.flow)]),
        has_collective_lead=any(is_collective(each.value) for each in lead),
    )


def _names(reader: Reader, flow: Flow) -> Iterator[Found[str]]:
    units = reader.read(flow, 0) if flow.text else None
    if units:
        yield from named(flow, units)
    elif flow.text:
        yield from split_units(reader, flow)
