"""Directives: issued once, under an id that proves the issuer, with a number that nobody else has."""

from datetime import date, datetime, timedelta, timezone
from uuid import uuid5

from services.directives.domain.facts import Claim, Fact, NamedUnits, References
from services.directives.domain.naming import plain, require_each_once
from services.directives.domain.refusals import refused
from services.directives.domain.state import Directive, State, Unit
from shared.contracts.directives import DirectiveIssued

OFFICE_ZONE = timezone(timedelta(hours=7))
"""Vietnam's time, which has no summer time."""


def judge(state: State, fact: Fact, issued: DirectiveIssued, references: References) -> None:
    """Raise FactRefusedError unless the directive may be registered."""
    _require_new(state, fact)
    _require_own_id(fact, issued)
    if issued.security != "none":
        raise refused("state-secret", "/data/security")
    _require_free_number(issued, references)
    _require_past(issued, fact.received_at)
    require_each_once(issued.addressees, "/data/addressees")
    for index, basis in enumerate(issued.based_on):
        if basis.directive == fact.key:
            raise refused("based-on-itself", f"/data/based_on/{index}/directive")


def _require_new(state: State, fact: Fact) -> None:
    if isinstance(state, Directive):
        raise refused("directive-already-issued", "/subject")
    if isinstance(state, Unit):
        raise refused("key-taken", "/subject", kind="unit", kind_vi="đơn vị")
    if fact.subject != fact.key:
        raise refused("key-mismatch", "/subject", "/partitionkey")


def _require_own_id(fact: Fact, issued: DirectiveIssued) -> None:
    """Require UUIDv5 (RFC 9562, section 5.5) of the issuer's id as namespace and the publisher's key as name."""
    expected = uuid5(issued.issuer, issued.key)
    if fact.key != expected:
        raise refused("directive-id-wrong", "/subject", expected=expected)


def _require_free_number(issued: DirectiveIssued, references: References) -> None:
    """Require a number of one's own: number and symbol are unique per issuer and year (NĐ 30/2020/NĐ-CP, Điều 15)."""
    if issued.number is not None and issued.issued_on is None:
        raise refused("number-without-date", "/data/issued_on")
    for claim in claims(issued):
        if claim in references.owners:
            year = issued.issued_on.year if issued.issued_on else None
            raise refused("number-taken", "/data/number", number=issued.number, symbol=issued.symbol, year=year)


def _require_past(issued: DirectiveIssued, received_at: datetime) -> None:
    received_on = received_at.astimezone(OFFICE_ZONE).date()
    if issued.issued_on is not None and issued.issued_on > received_on:
        raise refused("issued-in-the-future", "/data/issued_on", issued_on=_shown(issued.issued_on), received_on=_shown(received_on))


def _shown(day: date) -> str:
    return f"{day.day}/{day.month}/{day.year}"


def claims(issued: DirectiveIssued) -> tuple[Claim, ...]:
    """Return the number that a directive takes, none while it is a draft without number or date."""
    if issued.number is None or issued.issued_on is None:
        return ()
    return (Claim("number", f"{issued.issuer}/{issued.issued_on.year}/{plain(issued.symbol)}/{issued.number}"),)


def units(issued: DirectiveIssued) -> tuple[NamedUnits, ...]:
    """Return the units that a directive names."""
    return NamedUnits("/data/issuer", (issued.issuer,)), NamedUnits("/data/addressees", issued.addressees, is_list=True)


def apply(issued: DirectiveIssued) -> Directive:
    """Return the directive as issued."""
    return Directive(issuer=issued.issuer, addressees=issued.addressees)
