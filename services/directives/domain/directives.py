"""Directives: issued once under an id that proves the issuer, with a number of their own; amended, corrected, replaced, recalled."""

import hashlib
from datetime import date, datetime
from typing import assert_never
from uuid import UUID, uuid5

from msgspec.structs import replace

from services.directives.domain.dates import day_of, shown
from services.directives.domain.facts import Claim, Fact, PaperFact, References
from services.directives.domain.issuing import require_not_before_issue
from services.directives.domain.naming import plain, require_each_once
from services.directives.domain.refusals import refused
from services.directives.domain.state import Directive, State
from shared.contracts.directives import DirectiveAmended, DirectiveCorrected, DirectiveIssued, DirectiveRecalled, DirectiveReplaced

MAX_SYMBOL = 500
"""How many characters of a compared symbol are kept as they are: as many as one is written with, though composing can triple them."""


def judge_issued(state: State, fact: Fact, issued: DirectiveIssued, references: References) -> None:
    """Raise FactRefusedError unless the directive may be registered."""
    if isinstance(state, Directive):
        raise refused("directive-already-issued", "/subject")
    _require_own_id(fact, issued)
    if issued.security != "none":
        raise refused("state-secret", "/data/security")
    if issued.number is not None and issued.issued_on is None:
        raise refused("number-without-date", "/data/issued_on")
    _require_past(issued.issued_on, fact.received_at)
    _require_free_number(issued_claims(issued), issued, references)
    require_each_once(issued.addressees, "/data/addressees")
    for index, basis in enumerate(issued.based_on):
        if basis.directive == fact.key:
            raise refused("based-on-itself", f"/data/based_on/{index}/directive")


def _require_own_id(fact: Fact, issued: DirectiveIssued) -> None:
    """Require UUIDv5 (RFC 9562, section 5.5) of the issuer's id as namespace and the publisher's key as name."""
    expected = uuid5(issued.issuer, issued.key)
    if fact.key != expected:
        raise refused("directive-id-wrong", "/subject", expected=expected)


def _require_free_number(claims: tuple[Claim, ...], named: DirectiveIssued | DirectiveCorrected, references: References) -> None:
    """Require a number of one's own: number and symbol are unique per issuer and year (NĐ 30/2020/NĐ-CP, Điều 15)."""
    for claim in claims:
        if claim in references.owners:
            year = named.issued_on.year if named.issued_on else None
            raise refused("number-taken", "/data/number", number=named.number, symbol=named.symbol, year=year)


def _require_past(issued_on: date | None, received_at: datetime) -> None:
    received_on = day_of(received_at)
    if issued_on is not None and issued_on > received_on:
        raise refused("issued-in-the-future", "/data/issued_on", issued_on=shown(issued_on), received_on=shown(received_on))


def issued_claims(issued: DirectiveIssued) -> tuple[Claim, ...]:
    """Return the number that a directive takes, none while it is a draft without number or date."""
    if issued.number is None or issued.issued_on is None:
        return ()
    return (_number_claim(issued.issuer, issued.issued_on, issued.symbol, issued.number),)


def corrected_claims(corrected: DirectiveCorrected) -> tuple[Claim, ...]:
    """Return the number that a correction gives a draft, none where it gives none or does not spell the whole of it."""
    if corrected.number is None or corrected.issued_on is None or corrected.symbol is None or corrected.issuer is None:
        return ()
    return (_number_claim(corrected.issuer, corrected.issued_on, corrected.symbol, corrected.number),)


def _number_claim(issuer: UUID, issued_on: date, symbol: str, number: int) -> Claim:
    """Return the claim on a number; a symbol that grew out of what can be looked up, in the form in which it is compared, as its digest."""
    compared = plain(symbol)
    if len(compared) > MAX_SYMBOL:
        compared = hashlib.sha256(compared.encode()).hexdigest()
    return Claim("number", f"{issuer}/{issued_on.year}/{compared}/{number}")


def require_in_force(directive: Directive) -> None:
    """Raise FactRefusedError when a directive was replaced or recalled: nothing is said of it any more."""
    if directive.status == "recalled":
        raise refused("directive-recalled", "/partitionkey")
    if directive.status == "replaced":
        raise refused("directive-replaced", "/partitionkey")


def judge(directive: Directive, fact: Fact, paper: PaperFact, references: References) -> None:
    """Raise FactRefusedError unless the issuer's word on its directive may be registered."""
    if paper.document is not None and paper.document.directive == fact.key:
        raise refused("document-is-itself", "/data/document/directive")
    if paper.document is not None and not isinstance(paper, DirectiveCorrected):
        require_not_before_issue(directive, paper.document.issued_on, "/data/document/issued_on")
    match paper:
        case DirectiveAmended():
            require_each_once(paper.addressees or (), "/data/addressees")
        case DirectiveCorrected():
            _judge_corrected(directive, fact, paper, references)
        case DirectiveReplaced():
            _judge_replaced(fact, paper)
        case DirectiveRecalled():
            return
        case _ as never:  # pragma: no cover
            assert_never(never)


def _judge_replaced(fact: Fact, replaced: DirectiveReplaced) -> None:
    if replaced.replaced_by is None and replaced.document is None:
        raise refused("replacement-unnamed", "/data/replaced_by", "/data/document")
    if replaced.replaced_by == fact.key:
        raise refused("replaced-by-itself", "/data/replaced_by")


def _judge_corrected(directive: Directive, fact: Fact, corrected: DirectiveCorrected, references: References) -> None:
    """Require that a correction leaves a number as it is, or gives a draft one, spelled out whole: a number is claimed for ever."""
    if corrected.issuer not in (None, directive.issuer):
        raise refused("issuer-fixed", "/data/issuer")
    _require_past(corrected.issued_on, fact.received_at)
    if directive.is_numbered and directive.issued_on is not None:
        _require_same_number(directive.issued_on.year, corrected)
    elif corrected.number is not None:
        _require_whole_number(corrected)
        _require_free_number(corrected_claims(corrected), corrected, references)


def _require_same_number(year: int, corrected: DirectiveCorrected) -> None:
    given = [name for name in ("number", "symbol") if getattr(corrected, name) is not None]
    if given:
        raise refused("number-already-given", *(f"/data/{name}" for name in given))
    if corrected.issued_on is not None and corrected.issued_on.year != year:
        raise refused("number-year-fixed", "/data/issued_on", year=year)


def _require_whole_number(corrected: DirectiveCorrected) -> None:
    missing = [name for name in ("issuer", "symbol", "issued_on") if getattr(corrected, name) is None]
    if missing:
        raise refused("number-incomplete", *(f"/data/{name}" for name in missing))


def apply_issued(issued: DirectiveIssued) -> Directive:
    """Return the directive as issued."""
    return Directive(
        issuer=issued.issuer, issued_on=issued.issued_on, is_numbered=issued.number is not None, addressees=issued.addressees
    )  # fmt: skip


def apply(directive: Directive, paper: PaperFact) -> Directive:
    """Return the directive as its issuer's word leaves it."""
    match paper:
        case DirectiveAmended(addressees=addressees):
            return directive if addressees is None else replace(directive, addressees=addressees)
        case DirectiveCorrected(number=number, issued_on=issued_on):
            is_numbered = directive.is_numbered or number is not None
            return replace(directive, issued_on=issued_on or directive.issued_on, is_numbered=is_numbered)
        case DirectiveReplaced():
            return replace(directive, status="replaced")
        case DirectiveRecalled():
            return replace(directive, status="recalled")
        case _ as never:  # pragma: no cover
            assert_never(never)
