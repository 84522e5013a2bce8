"""A letter's text cut into pieces, each with the values that were read in it: what the page highlights."""

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Any, NamedTuple

from services.directives.intake.flow import Span


class Piece(NamedTuple):
    """A piece of the text, where it begins, and the names of the values that it belongs to, those with the fewest letters first."""

    start: int
    text: str
    names: tuple[str, ...]


def cut(text: str, spans: Mapping[str, Span]) -> list[Piece]:
    """Return the whole text in pieces, cut wherever a value begins or ends; spans that reach beyond the text are shortened."""
    kept = {name: (max(start, 0), min(end, len(text))) for name, (start, end) in spans.items()}
    kept = {name: span for name, span in kept.items() if span[0] < span[1]}
    ends = sorted({0, len(text), *(edge for span in kept.values() for edge in span)})
    order = sorted(kept, key=lambda name: (kept[name][1] - kept[name][0], kept[name], name))
    starts: dict[int, list[str]] = {}
    for name in order:
        starts.setdefault(kept[name][0], []).append(name)
    rank = {name: number for number, name in enumerate(order)}
    pieces, open_names = [], list[str]()
    for start, end in pairwise(ends):
        open_names = sorted([*(name for name in open_names if kept[name][1] > start), *starts.get(start, ())], key=rank.__getitem__)
        pieces.append(Piece(start, text[start:end], tuple(open_names)))
    return pieces


def leaves(value: Any, at: str = "") -> Iterator[tuple[str, Any, Span | None]]:  # noqa: ANN401  any JSON
    """Yield every value that says where it was read (`{"value", "span"}`): its JSON Pointer, itself, and its span."""
    if isinstance(value, Mapping):
        if value.keys() == {"value", "span"}:
            span = value["span"]
            yield at, value["value"], None if span is None else (span[0], span[1])
            return
        for name, inner in value.items():
            yield from leaves(inner, f"{at}/{name}")
    elif isinstance(value, list | tuple):
        for number, inner in enumerate(value):
            yield from leaves(inner, f"{at}/{number}")
