"""The office's rules for directives."""

from datetime import UTC, date, datetime
from uuid import uuid5

import pytest
from msgspec.structs import replace

from services.directives.domain import Fact
from shared.contracts.directives import Basis
from shared.contracts.types import SecurityMark
from tests.support import facts
from tests.support.facts import COMMITTEE, DIRECTIVE, HOME_AFFAIRS, STRANGER
from tests.support.scenario import given

ISSUED = facts.fact(facts.directive(), subject=DIRECTIVE)
OTHER = uuid5(COMMITTEE, "another")
DAY = date(2021, 4, 2)


def numbered(key: str, number: int, symbol: str = "UBND-NC", on: date = DAY) -> Fact:
    data = facts.directive(key=key, number=number, symbol=symbol, issued_on=on)
    return facts.fact(data, subject=uuid5(COMMITTEE, key), key=uuid5(COMMITTEE, key))


def test_a_directive_is_registered_under_the_id_of_its_issuer_and_key() -> None:
    given().when(ISSUED).then_registered()


def test_a_draft_without_number_and_date_is_registered() -> None:
    given().when(facts.fact(facts.directive(number=None, issued_on=None), subject=DIRECTIVE)).then_registered()


def test_nobody_takes_an_id_that_is_not_uuid5_of_issuer_and_key() -> None:
    taken = facts.fact(facts.directive(), subject=OTHER, key=OTHER)
    given().when(taken).then_refused("directive-id-wrong", "/subject")


def test_a_directive_is_issued_once() -> None:
    given(ISSUED).when(ISSUED).then_refused("directive-already-issued", "/subject")


def test_the_subject_of_an_issued_directive_is_the_directive_itself() -> None:
    given().when(facts.fact(facts.directive(), subject=OTHER)).then_refused("key-mismatch", "/subject", "/partitionkey")


def test_a_directive_cannot_take_the_id_of_a_unit() -> None:
    unit = facts.fact(facts.unit(), subject=DIRECTIVE, key=DIRECTIVE)
    given(unit).when(ISSUED).then_refused("key-taken", "/subject")


def test_an_issuer_is_a_registered_unit() -> None:
    key = uuid5(STRANGER, facts.KEY)
    unknown = facts.fact(facts.directive(issuer=STRANGER), subject=key, key=key)
    given().when(unknown).then_refused("unit-unknown", "/data/issuer")


def test_an_addressee_is_a_registered_unit() -> None:
    unknown = facts.fact(facts.directive(addressees=(HOME_AFFAIRS, STRANGER)), subject=DIRECTIVE)
    given().when(unknown).then_refused("unit-unknown", "/data/addressees/1")


def test_an_addressee_is_named_once() -> None:
    twice = facts.fact(facts.directive(addressees=(HOME_AFFAIRS, HOME_AFFAIRS)), subject=DIRECTIVE)
    given().when(twice).then_refused("named-twice", "/data/addressees/1")


@pytest.mark.parametrize("mark", ["mat", "toi-mat", "tuyet-mat"])
def test_a_document_with_a_mark_of_state_secrets_is_refused(mark: SecurityMark) -> None:
    secret = replace(facts.directive(), security=mark)
    given().when(facts.fact(secret, subject=DIRECTIVE)).then_refused("state-secret", "/data/security")


def test_number_and_symbol_are_unique_for_an_issuer_and_year() -> None:
    given(numbered("a", 15)).when(numbered("b", 15)).then_refused("number-taken", "/data/number")


def test_a_symbol_is_the_same_however_it_is_typed() -> None:
    given(numbered("a", 15, "QĐ-UBND")).when(numbered("b", 15, " qđ-ubnd ")).then_refused("number-taken", "/data/number")


def test_composed_and_decomposed_letters_are_the_same_symbol() -> None:
    composed, decomposed = "S\N{LATIN SMALL LETTER O WITH CIRCUMFLEX}-NV", "So\N{COMBINING CIRCUMFLEX ACCENT}-NV"
    given(numbered("a", 15, composed)).when(numbered("b", 15, decomposed)).then_refused("number-taken", "/data/number")


def test_numbers_begin_again_each_year() -> None:
    given(numbered("a", 15)).when(numbered("b", 15, on=date(2020, 12, 31))).then_registered()


def test_the_same_number_with_another_symbol_is_another_document() -> None:
    given(numbered("a", 15)).when(numbered("b", 15, "UBND-VX")).then_registered()


def test_another_issuer_may_use_the_same_number() -> None:
    key = uuid5(HOME_AFFAIRS, "a")
    other = facts.directive(key="a", issuer=HOME_AFFAIRS, number=15, issued_on=DAY, addressees=())
    given(numbered("a", 15)).when(facts.fact(other, subject=key, key=key)).then_registered()


def test_a_refused_document_does_not_use_up_its_number() -> None:
    key = uuid5(COMMITTEE, "a")
    refused = facts.fact(facts.directive(key="a", number=15, issued_on=DAY, addressees=(STRANGER,)), subject=key, key=key)
    story = given().when(refused).then_refused("unit-unknown", "/data/addressees/0")
    story.when(numbered("b", 15)).then_registered()


def test_a_numbered_document_has_a_date_of_issue() -> None:
    undated = facts.fact(facts.directive(number=15), subject=DIRECTIVE)
    given().when(undated).then_refused("number-without-date", "/data/issued_on")


def test_a_document_is_not_issued_after_the_day_of_its_receipt() -> None:
    future = facts.fact(facts.directive(issued_on=date(2021, 4, 11)), subject=DIRECTIVE)
    given().when(future).then_refused("issued-in-the-future", "/data/issued_on")


def test_the_day_of_receipt_is_the_day_in_vietnam() -> None:
    late_evening_utc = datetime(2021, 4, 10, 17, 30, tzinfo=UTC)
    today = facts.fact(facts.directive(issued_on=date(2021, 4, 11)), subject=DIRECTIVE, received_at=late_evening_utc)
    given().when(today).then_registered()


def test_a_directive_carries_out_another_one() -> None:
    based = replace(facts.directive(), based_on=(Basis(title="Quyết định của tỉnh", directive=OTHER),))
    given().when(facts.fact(based, subject=DIRECTIVE)).then_registered()


def test_a_directive_does_not_rest_on_itself() -> None:
    circular = replace(facts.directive(), based_on=(Basis(title="chính nó", directive=DIRECTIVE),))
    given().when(facts.fact(circular, subject=DIRECTIVE)).then_refused("based-on-itself", "/data/based_on/0/directive")
