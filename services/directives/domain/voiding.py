"""Voiding: a fact that was registered by mistake stays in the journal and counts no more.

It may be voided where the office would have registered all the others without it. Authority is not judged again for the others, and the
units that they name stay registered, since facts of the registry cannot be voided.
"""

from collections.abc import Iterable, Sequence
from uuid import UUID

from services.directives.domain.authority import judge_publisher, judge_speaker
from services.directives.domain.claiming import claims_of
from services.directives.domain.deciding import evolve, judge_rules
from services.directives.domain.facts import Claim, Fact, Filing, Past, References
from services.directives.domain.refusals import FactRefusedError, FactWaitsError, refused
from services.directives.domain.speaking import speaker_of
from services.directives.domain.state import State
from shared.contracts.registry import PublisherAuthorised, UnitRegistered, UnitRenamed, UnitSucceeded
from shared.contracts.voiding import FactVoided

LASTING: frozenset[type] = frozenset({UnitRegistered, UnitRenamed, UnitSucceeded, PublisherAuthorised, FactVoided})
"""What cannot be voided: other keys rest on the registry, and what a void took out of count stays out."""


class _Registered:
    """Every unit: those that a registered fact names are registered."""

    def __contains__(self, unit: object) -> bool:
        return isinstance(unit, UUID)


def fold(history: Sequence[Past]) -> State:
    """Return the state after a history of one key, with voids in it."""
    state: State = None
    for past in _counting(history):
        state = evolve(state, past.fact)
    return state


def names_of(history: Sequence[Past]) -> tuple[frozenset[Claim], frozenset[Claim]]:
    """Return the names that a key holds after a history, and those that voids in it gave back."""
    held = frozenset(claim for past in _counting(history) for claim in claims_of(past.fact))
    return held, frozenset(claim for past in history for claim in claims_of(past.fact)) - held


def void(history: Sequence[Past], filing: Filing) -> tuple[State, tuple[Claim, ...]]:
    """Return the state after a fact-voided, and the names that are free again, or raise FactRefusedError.

    `history` is all that was registered under the key, in the order of versions.
    """
    fact, references, now, _ = filing  # a fact-voided never waits
    if not isinstance(fact.data, FactVoided):
        raise TypeError(fact.data)
    granted = judge_publisher(fact.publisher, fact.data.NAME, references.rights, fact.received_at, now)
    if fact.subject != fact.key:
        raise refused("key-mismatch", "/subject", "/partitionkey")
    voided = _require_voidable(history, fact.data.version)
    counting = _counting(history)
    if granted is not None:
        before = fold([past for past in history if past.version < voided.version])
        judge_speaker(fact.publisher, granted, speaker_of(before, voided.fact), "/data/version")
    left = [past for past in counting if past.version != voided.version]
    return _replay(left, voided.version), _freed(voided.fact, left)


def _require_voidable(history: Iterable[Past], version: int) -> Past:
    found = next((past for past in history if past.version == version), None)
    if found is None:
        raise refused("version-unknown", "/data/version", version=version)
    if type(found.fact.data) in LASTING:
        raise refused("cannot-be-voided", "/data/version", type=found.fact.data.NAME)
    if version in _voided_versions(history):
        raise refused("already-voided", "/data/version", version=version)
    return found


def _voided_versions(history: Iterable[Past]) -> frozenset[int]:
    return frozenset(past.fact.data.version for past in history if isinstance(past.fact.data, FactVoided))


def _counting(history: Sequence[Past]) -> list[Past]:
    """Return the facts that count: all but the voided ones and those that voided them."""
    voided = _voided_versions(history)
    return [past for past in history if past.version not in voided and not isinstance(past.fact.data, FactVoided)]


def _replay(history: Iterable[Past], voided: int) -> State:
    """Judge a history anew, or raise FactRefusedError (`fact-needed`) at the first fact that would not stand.

    Names need no judging: each was free when it was taken, and without a fact fewer are.
    """
    state: State = None
    references = References(_Registered(), {})
    for version, fact in history:
        try:
            judge_rules(state, fact, references)
        except (FactRefusedError, FactWaitsError) as error:
            raise refused("fact-needed", "/data/version", version=voided, needed_by=version) from error
        state = evolve(state, fact)
    return state


def _freed(voided: Fact, left: Iterable[Past]) -> tuple[Claim, ...]:
    """Return the names of a voided fact that no other fact of its key holds."""
    kept = {claim for past in left for claim in claims_of(past.fact)}
    return tuple(claim for claim in claims_of(voided) if claim not in kept)
