"""Indexes: a year's scores, published once under an id that proves who published them."""

from uuid import uuid5

from services.directives.domain.dates import day_of
from services.directives.domain.facts import Fact
from services.directives.domain.refusals import refused
from services.directives.domain.state import Index, State
from shared.contracts.indexes import IndexPublished, PartScore


def judge(state: State, fact: Fact, index: IndexPublished) -> None:
    """Raise FactRefusedError unless the index may be registered."""
    if isinstance(state, Index):
        raise refused("index-already-published", "/subject")
    expected = uuid5(index.published_by, index.key)
    if fact.key != expected:
        raise refused("index-id-wrong", "/subject", expected=expected)
    if index.year > day_of(fact.received_at).year:
        raise refused("index-year-to-come", "/data/year", year=index.year)
    _require_scores(index)


def _require_scores(index: IndexPublished) -> None:
    seen = set()
    for number, score in enumerate(index.scores):
        if score.unit in seen:
            raise refused("named-twice", f"/data/scores/{number}/unit", name=score.unit)
        seen.add(score.unit)
        for place, part in enumerate(score.parts):
            _require_maximum(part, f"/data/scores/{number}/parts/{place}")


def _require_maximum(part: PartScore, pointer: str) -> None:
    if part.maximum is None:
        return
    for name, points in (("self_score", part.self_score), ("appraised_score", part.appraised_score)):
        if points is not None and points > part.maximum:
            raise refused("score-above-maximum", f"{pointer}/{name}", points=points, maximum=part.maximum)


def apply(index: IndexPublished) -> Index:
    """Return the index as published."""
    return Index(index.published_by)
