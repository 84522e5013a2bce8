"""Names that a letter itself sets apart: headings in capitals, items that are nothing but a name, addressees."""

from collections.abc import Iterator, Sequence

from services.directives.intake.coordinating import Lead
from services.directives.intake.findings import Found, Head
from services.directives.intake.flow import Flow, fold
from services.directives.intake.outline import Item
from services.directives.intake.units import Reader


def in_capitals(flow: Flow) -> Lead | None:
    """Return a heading in capitals as a unit, where it begins like one."""
    if not flow.text.isupper():
        return None
    reader = Reader()
    words = flow.stripped(" .:;")
    return (Found(" ".join(words.text.split()), words.span()),) if reader.starts_at(words, 0) else None


def known_names(head: Head, items: Sequence[Item]) -> Iterator[str]:
    """Give the names that the letter itself sets apart: addressees, and items that are nothing but a name."""
    reader = Reader()
    for each in head.addressees:
        if len(each.value) < 120 and ": " not in each.value:  # noqa: PLR2004
            yield fold(each.value)
    for item in items:
        words = item.flow.stripped(" .:;")
        if item.kind != "none" and words.text and not words.text.isupper() and (units := reader.read(words, 0)) and units.end >= len(words):
            yield from (fold(words.text[slice(*name)]) for name in units.names)
