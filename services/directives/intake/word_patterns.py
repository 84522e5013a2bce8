"""Lists of words as patterns."""

import re
from collections.abc import Iterable

from services.directives.intake.flow import Flow
from services.directives.intake.unit_words import VERBS


def any_of(words: Iterable[str]) -> str:
    """Return a pattern of whole words, the longest first."""
    return "(?:" + "|".join(re.escape(word) for word in sorted(words, key=len, reverse=True)) + r")(?!\w)"


VERB = re.compile(any_of(VERBS))


def begins_with_verb(flow: Flow, at: int = 0) -> bool:
    """Tell whether a duty's verb stands here."""
    return VERB.match(flow.low, at) is not None
