"""Who may say what: the rights of publishers, judged at the instant of receipt and again at the instant of judging."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from services.directives.domain.facts import Filing, Rights
from services.directives.domain.refusals import refused
from services.directives.domain.speaking import ISSUER_FACTS, SPEAKERS, speaker_of
from services.directives.domain.state import Directive, State
from shared.contracts import FACTS
from shared.contracts.extensions import ExtensionRefused
from shared.contracts.registry import PublisherAuthorised

EVERY_TYPE: frozenset[str] = frozenset(contract.NAME for contract in FACTS)

INTERNAL_PUBLISHERS: Mapping[str, frozenset[str]] = {
    "api": EVERY_TYPE,
    "office": EVERY_TYPE,
    "deadlines": frozenset({ExtensionRefused.NAME}),
}
"""The installation's own publishers, and the types of facts that each may send, for every unit."""

RESERVED_PUBLISHERS = frozenset({*INTERNAL_PUBLISHERS, "console", "dondoc", "admin"})
"""Names that no agency gets."""

RESERVED_SOURCES = ("/dondoc/", "/services/")
"""How the sources of the installation's own services begin: an agency's fact under one could use up an id that a service will need."""

INTERNAL_TYPES = frozenset({PublisherAuthorised.NAME})
"""What only the installation's own publishers may say."""


def rights_of(authorised: PublisherAuthorised) -> Rights:
    """Return the rights that a publisher has from this fact on, in place of all that it had."""
    return Rights(
        types=frozenset(authorised.types), valid_from=authorised.valid_from, valid_until=authorised.valid_until,
        units=frozenset(authorised.units), all_units=authorised.all_units, has_topic=authorised.has_topic,
    )  # fmt: skip


def may_use(publisher: str, source: str) -> bool:
    """Return whether a source is one that a publisher may make its own."""
    return publisher in INTERNAL_PUBLISHERS or not source.startswith(RESERVED_SOURCES)


def is_valid(rights: Rights, at: datetime) -> bool:
    """Return whether rights hold at an instant."""
    return rights.valid_from <= at and (rights.valid_until is None or at < rights.valid_until)


def judge_publisher(publisher: str, name: str, rights: Mapping[str, Rights], *instants: datetime) -> Rights | None:
    """Return a publisher's rights, None where it is internal, or raise FactRefusedError unless it may send facts of a bare type name.

    It is judged for each of the instants.
    """
    internal = INTERNAL_PUBLISHERS.get(publisher)
    if internal is not None:
        if name not in internal:
            raise refused("type-not-authorised", "/type", publisher=publisher, type=name)
        return None
    granted = rights.get(publisher)
    if granted is None:
        raise refused("publisher-unknown", publisher=publisher)
    for at in instants:
        if not is_valid(granted, at):
            raise refused("publisher-not-authorised", publisher=publisher)
    if name in INTERNAL_TYPES or name not in granted.types:
        raise refused("type-not-authorised", "/type", publisher=publisher, type=name)
    return granted


def judge_speaker(publisher: str, rights: Rights, speaker: UUID | None, *pointers: str) -> None:
    """Raise FactRefusedError unless a publisher may speak for a unit; for None, only one that speaks for all units may."""
    if rights.all_units or speaker in rights.units:
        return
    if speaker is None:
        raise refused("all-units-needed", *pointers, publisher=publisher)
    raise refused("unit-not-authorised", *pointers, publisher=publisher, unit=speaker)


def judge_authority(state: State, filing: Filing) -> None:
    """Raise FactRefusedError unless the fact's publisher may say it.

    Where the speaker is the issuer of a directive that is not registered yet, the unit is judged once it is: until then the fact waits.
    The rights of its release need not reach back to the receipt of a fact that has waited: newer rights replace those of its receipt.
    """
    fact, references, now, has_waited = filing
    instants = (now,) if has_waited else (fact.received_at, now)
    granted = judge_publisher(fact.publisher, fact.data.NAME, references.rights, *instants)
    if granted is None or (type(fact.data) in ISSUER_FACTS and not isinstance(state, Directive)):
        return
    member = SPEAKERS.get(type(fact.data))
    judge_speaker(fact.publisher, granted, speaker_of(state, fact), *(() if member is None else (f"/data/{member}",)))
