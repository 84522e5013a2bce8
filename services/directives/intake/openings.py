"""How an item of a list opens, and what follows from that for its being a duty."""

import re

from services.directives.intake.flow import Flow
from services.directives.intake.outline import Item, ancestors
from services.directives.intake.phrases import find
from services.directives.intake.word_patterns import begins_with_verb


def is_of_decision(item: Item) -> bool:
    """Tell whether an item belongs to an article, where the issuer itself decides what names nobody."""
    return item.kind == "article" or any(above.kind == "article" for above in ancestors(item))


def verb_after_time(flow: Flow) -> bool:
    """Tell whether a duty begins after words of time: "Từ ngày 01/8/2019, thực hiện …"."""
    match = re.match(r"(?:từ|trong|trước|sau|định kỳ|hằng|hàng|khi|chậm nhất|ngay)(?!\w)[^,;:]{0,80},\s", flow.low)
    return match is not None and begins_with_verb(flow, match.end())


def is_bare_title(item: Item) -> bool:
    """Tell whether an item is so short, and so without any time, that it only heads those below it."""
    return not find(item.flow) and len(item.flow.text.split()) < 25  # noqa: PLR2004
