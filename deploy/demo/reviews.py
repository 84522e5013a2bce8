"""What a plan leaves out of what its letter demands, as the API tells it, in lines for people."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deploy.demo import texts

LEVELS = {"area": "lĩnh vực", "criterion": "tiêu chí", "component": "tiêu chí thành phần"}
COMPARED = "Hệ thống đối chiếu với yêu cầu của văn bản:"
Json = Mapping[str, Any]


def show_review(plan: Json) -> list[str]:
    """Return the lines, none where the letter demands nothing of the plan."""
    review = plan["review"]
    if review is None:
        return []
    of = f"{_named(review['by'], LEVELS)}{' của ' + review['index_title'] if review['index_title'] else ''}"
    if review["is_complete"]:
        return [f"{COMPARED} kế hoạch đủ nội dung ({len(plan['items'])} dòng, hết {of})"]
    missing = [f"  - {line}" for line in _missing(plan["items"], review)]
    return [f"{COMPARED} kế hoạch CÒN THIẾU", *missing]


def _missing(items: Sequence[Json], review: Json) -> Iterator[str]:
    for line in review["lines"]:
        if line["missing"]:
            yield f"{_place(items[line['item']])}: thiếu {_named(line['missing'], texts.PARTS)}"
    for place in review["absent"]:
        yield f"{_place(place)}: không có trong kế hoạch"
    for level in review["absent_levels"]:
        yield f"kế hoạch không chia theo {LEVELS[level]}"


def _place(item: Json) -> str:
    return " / ".join(item[level] for level in LEVELS if item[level])


def _named(keys: Sequence[str], names: Mapping[str, str]) -> str:
    return ", ".join(names[key] for key in keys)
