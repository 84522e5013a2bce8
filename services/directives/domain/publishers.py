"""Publishers: what the office lets a system say, for which units, and for how long."""

from collections.abc import Iterable

from services.directives.domain.authority import EVERY_TYPE, INTERNAL_TYPES, RESERVED_PUBLISHERS
from services.directives.domain.facts import Fact
from services.directives.domain.naming import require_each_once
from services.directives.domain.refusals import refused
from services.directives.domain.state import Publisher
from shared.contracts.registry import PublisherAuthorised, publisher_key


def judge(fact: Fact, authorised: PublisherAuthorised) -> None:
    """Raise FactRefusedError unless these rights may be given; they replace all that the publisher had."""
    if authorised.publisher in RESERVED_PUBLISHERS:
        raise refused("publisher-reserved", "/data/publisher", publisher=authorised.publisher)
    expected = publisher_key(authorised.publisher)
    if fact.key != expected:
        raise refused("publisher-id-wrong", "/subject", expected=expected)
    require_each_once(authorised.units, "/data/units")
    require_each_once(authorised.types, "/data/types")
    _require_types(authorised.types)
    if authorised.valid_until is not None and authorised.valid_until <= authorised.valid_from:
        raise refused("rights-end-before-start", "/data/valid_until")


def _require_types(types: Iterable[str]) -> None:
    for index, name in enumerate(types):
        if name not in EVERY_TYPE:
            raise refused("type-unknown", f"/data/types/{index}", type=name)
        if name in INTERNAL_TYPES:
            raise refused("type-reserved", f"/data/types/{index}", type=name)


def apply(authorised: PublisherAuthorised) -> Publisher:
    """Return the publisher."""
    return Publisher(authorised.publisher)
