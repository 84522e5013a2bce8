"""The office's rules for what an issuer says of its directive later: amended, corrected, replaced, recalled."""

from datetime import date
from uuid import UUID, uuid5

import pytest

from services.directives.domain import Fact, FactData
from shared.contracts.directives import Basis, DirectiveAmended, DirectiveCorrected, DirectiveRecalled, DirectiveReplaced
from tests.support import facts
from tests.support.facts import COMMITTEE, DIRECTIVE, HOME_AFFAIRS, OFFICE, STRANGER
from tests.support.scenario import given

ISSUED = facts.fact(facts.directive(), subject=DIRECTIVE)
OTHER = uuid5(COMMITTEE, "another")
DAY = date(2021, 4, 2)


def numbered(key: str, number: int, symbol: str = "UBND-NC", on: date = DAY) -> Fact:
    data = facts.directive(key=key, number=number, symbol=symbol, issued_on=on)
    return facts.fact(data, subject=uuid5(COMMITTEE, key), key=uuid5(COMMITTEE, key))


PAPER = Basis(title="Công văn của UBND thị xã", number="99/UBND-NC", issued_on=date(2021, 4, 9))
AMENDED = facts.fact(DirectiveAmended(changes="Bổ sung nơi nhận", document=PAPER, addressees=(OFFICE,)))
CORRECTED = facts.fact(DirectiveCorrected(correction="Sửa nơi ban hành", place="Phước Long"))
REPLACED = facts.fact(DirectiveReplaced(document=PAPER))
RECALLED = facts.fact(DirectiveRecalled(reason="Ban hành sai thẩm quyền"))
DATED = facts.fact(facts.directive(issued_on=date(2021, 4, 2)))
NUMBERED = facts.fact(facts.directive(number=15, issued_on=date(2021, 4, 2)))
TASK_ASSIGNED = facts.fact(facts.task(), subject=facts.TASK)


def given_number(
    number: int | None = 15, *, symbol: str | None = "UBND-NC", issued_on: date | None = DAY, issuer: UUID | None = COMMITTEE
) -> Fact:
    data = DirectiveCorrected(correction="Cấp số cho dự thảo", number=number, symbol=symbol, issued_on=issued_on, issuer=issuer)
    return facts.fact(data)


@pytest.mark.parametrize("paper", [AMENDED, CORRECTED, REPLACED, RECALLED])
def test_the_issuer_amends_corrects_replaces_and_recalls_its_directive(paper: Fact) -> None:
    given(ISSUED).when(paper).then_registered()


@pytest.mark.parametrize("paper", [AMENDED, CORRECTED, REPLACED, RECALLED])
def test_a_word_on_a_directive_waits_for_it(paper: Fact) -> None:
    given().when(paper).then_waits("directive", DIRECTIVE)


@pytest.mark.parametrize("paper", [AMENDED, CORRECTED, REPLACED, RECALLED])
def test_the_subject_of_a_word_on_a_directive_is_the_directive_itself(paper: Fact) -> None:
    given(ISSUED).when(paper._replace(subject=OTHER)).then_refused("key-mismatch", "/subject", "/partitionkey")


@pytest.mark.parametrize("after", [AMENDED, CORRECTED, REPLACED, RECALLED, TASK_ASSIGNED])
def test_nothing_more_is_said_of_a_recalled_directive(after: Fact) -> None:
    given(ISSUED, RECALLED).when(after).then_refused("directive-recalled", "/partitionkey")


@pytest.mark.parametrize("after", [AMENDED, CORRECTED, REPLACED, RECALLED, TASK_ASSIGNED])
def test_nothing_more_is_said_of_a_replaced_directive(after: Fact) -> None:
    given(ISSUED, REPLACED).when(after).then_refused("directive-replaced", "/partitionkey")


def test_a_recalled_directive_is_not_issued_again() -> None:
    given(ISSUED, RECALLED).when(ISSUED).then_refused("directive-already-issued", "/subject")


def test_those_whom_an_amendment_addresses_are_concerned_from_then_on() -> None:
    outsider = facts.fact(facts.unit(code="H10.9"), key=STRANGER)
    by_outsider = facts.fact(facts.scheduled(by=STRANGER), subject=facts.CONFERENCE)
    to_all = facts.fact(DirectiveAmended(changes="Bổ sung nơi nhận", addressees=(HOME_AFFAIRS, STRANGER)))
    story = given(outsider, ISSUED, TASK_ASSIGNED).when(by_outsider).then_refused("unit-not-concerned", "/data/scheduled_by")
    story.when(to_all).then_registered().when(by_outsider).then_registered()


def test_an_amendment_that_names_no_addressees_leaves_them() -> None:
    to_nobody_anew = facts.fact(DirectiveAmended(changes="Sửa trích yếu", subject="V/v cải cách hành chính"))
    by_addressee = facts.fact(facts.scheduled(by=HOME_AFFAIRS), subject=facts.CONFERENCE)
    given(ISSUED, TASK_ASSIGNED, to_nobody_anew).when(by_addressee).then_registered()


def test_an_amendment_names_an_addressee_once() -> None:
    twice = facts.fact(DirectiveAmended(changes="Bổ sung nơi nhận", addressees=(OFFICE, OFFICE)))
    given(ISSUED).when(twice).then_refused("named-twice", "/data/addressees/1")


def test_an_amendment_addresses_registered_units() -> None:
    unknown = facts.fact(DirectiveAmended(changes="Bổ sung nơi nhận", addressees=(OFFICE, STRANGER)))
    given(ISSUED).when(unknown).then_refused("unit-unknown", "/data/addressees/1")


OWN = Basis(title="chính nó", directive=DIRECTIVE)


@pytest.mark.parametrize(
    "paper",
    [
        DirectiveAmended(changes="Sửa trích yếu", document=OWN),
        DirectiveCorrected(correction="Sửa nơi ban hành", document=OWN),
        DirectiveReplaced(document=OWN),
        DirectiveRecalled(reason="Ban hành sai thẩm quyền", document=OWN),
    ],
)
def test_a_directive_does_not_change_itself(paper: FactData) -> None:
    given(ISSUED).when(facts.fact(paper)).then_refused("document-is-itself", "/data/document/directive")


EARLIER = Basis(title="Công văn trước đó", issued_on=date(2021, 4, 1))


@pytest.mark.parametrize(
    "paper",
    [
        DirectiveAmended(changes="Sửa trích yếu", document=EARLIER),
        DirectiveReplaced(document=EARLIER),
        DirectiveRecalled(reason="Ban hành sai thẩm quyền", document=EARLIER),
    ],
)
def test_a_document_that_changes_a_directive_was_not_issued_before_it(paper: FactData) -> None:
    given(DATED).when(facts.fact(paper)).then_refused("before-issue", "/data/document/issued_on")


def test_a_replacement_is_named() -> None:
    given(ISSUED).when(facts.fact(DirectiveReplaced(reason="Hết hiệu lực"))).then_refused(
        "replacement-unnamed", "/data/replaced_by", "/data/document"
    )


def test_a_directive_is_replaced_by_another_one() -> None:
    given(ISSUED).when(facts.fact(DirectiveReplaced(replaced_by=OTHER))).then_registered()


def test_a_directive_does_not_replace_itself() -> None:
    given(ISSUED).when(facts.fact(DirectiveReplaced(replaced_by=DIRECTIVE))).then_refused("replaced-by-itself", "/data/replaced_by")


def test_a_draft_is_given_its_number() -> None:
    given(ISSUED).when(given_number()).then_registered()


def test_a_number_that_a_draft_was_given_is_taken() -> None:
    given(ISSUED, given_number(15)).when(numbered("b", 15)).then_refused("number-taken", "/data/number")


def test_a_draft_is_not_given_a_number_that_is_taken() -> None:
    given(numbered("b", 15), ISSUED).when(given_number(15)).then_refused("number-taken", "/data/number")


def test_a_number_is_given_whole() -> None:
    half = given_number(symbol=None, issued_on=None, issuer=None)
    given(DATED).when(half).then_refused("number-incomplete", "/data/issuer", "/data/symbol", "/data/issued_on")


def test_a_number_is_given_in_the_name_of_the_issuer() -> None:
    given(ISSUED).when(given_number(issuer=OFFICE)).then_refused("issuer-fixed", "/data/issuer")


def test_a_number_is_given_for_a_day_that_has_come() -> None:
    given(ISSUED).when(given_number(issued_on=date(2021, 4, 11))).then_refused("issued-in-the-future", "/data/issued_on")


@pytest.mark.parametrize("first", [(NUMBERED,), (ISSUED, given_number(15))])
def test_a_directive_has_one_number(first: tuple[Fact, ...]) -> None:
    given(*first).when(given_number(16)).then_refused("number-already-given", "/data/number", "/data/symbol")


def test_the_symbol_of_a_numbered_directive_stays() -> None:
    given(NUMBERED).when(given_number(None, symbol="UBND-VX")).then_refused("number-already-given", "/data/symbol")


def test_the_day_of_issue_of_a_numbered_directive_is_corrected_within_its_year() -> None:
    given(NUMBERED).when(given_number(None, symbol=None, issued_on=date(2021, 4, 5))).then_registered()


def test_the_day_of_issue_of_a_numbered_directive_stays_in_its_year() -> None:
    other_year = given_number(None, symbol=None, issued_on=date(2020, 12, 31))
    given(NUMBERED).when(other_year).then_refused("number-year-fixed", "/data/issued_on")


def test_the_day_of_issue_of_a_draft_may_be_corrected() -> None:
    given(DATED).when(given_number(None, issued_on=date(2020, 12, 31))).then_registered()


def test_a_corrected_day_of_issue_counts_from_then_on() -> None:
    later = given_number(None, symbol=None, issued_on=date(2021, 4, 10))
    given(DATED, later).when(AMENDED).then_refused("before-issue", "/data/document/issued_on")
