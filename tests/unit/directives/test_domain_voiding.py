"""The office's rules for facts that were registered by mistake."""

from datetime import date
from uuid import UUID

import pytest

from services.directives.domain import Claim, Directive, Fact, FactRefusedError, Filing, Past, References, decide, evolve, fold, void
from shared.contracts.directives import DirectiveCorrected, DirectiveRecalled
from shared.contracts.registry import UnitRenamed
from shared.contracts.tasks import TaskAccepted, TaskCompleted
from tests.support import facts
from tests.support.facts import (
    AGENCY,
    AGENCY_KEY,
    CALENDAR,
    COMMITTEE,
    DIRECTIVE,
    HOME_AFFAIRS,
    INDEX,
    OFFICE,
    PLAN,
    RECEIVED_AT,
    REPORT,
    STRANGER,
    TASK,
)
from tests.support.scenario import Scenario, given

DAY = date(2021, 4, 2)
ISSUED = facts.fact(facts.directive())
ASSIGNED = facts.fact(facts.task(), subject=TASK)
DRAFT = facts.fact(facts.plan(), subject=PLAN)
FINAL = facts.fact(facts.plan(is_final=True), subject=PLAN)
REPORTED = facts.fact(facts.report(), subject=REPORT)
RECALLED = facts.fact(DirectiveRecalled(reason="Ban hành sai thẩm quyền"))


def voiding(version: int, key: UUID = DIRECTIVE, publisher: str = "api") -> Fact:
    return facts.fact(facts.voided(version), key=key, publisher=publisher)


def directive_of(story: Scenario) -> Directive:
    state = story.registry.states[DIRECTIVE]
    assert isinstance(state, Directive)
    return state


def test_a_fact_that_nothing_rests_on_is_voided() -> None:
    story = given(ISSUED, ASSIGNED).when(voiding(2)).then_registered()
    assert directive_of(story).tasks == {}


def test_what_was_voided_may_be_said_again_under_its_id() -> None:
    given(ISSUED, ASSIGNED, REPORTED, voiding(3)).when(REPORTED).then_registered()


def test_the_number_of_a_voided_directive_is_free_again() -> None:
    numbered = facts.fact(facts.directive(number=15, issued_on=DAY))
    story = given(numbered).when(voiding(1)).then_registered()
    assert story.registry.states[DIRECTIVE] is None
    story.when(numbered).then_registered()


def test_a_number_that_was_given_by_mistake_is_free_again() -> None:
    data = DirectiveCorrected(correction="Cấp số", issuer=COMMITTEE, number=15, symbol="UBND-NC", issued_on=DAY)
    story = given(ISSUED, facts.fact(data)).when(voiding(2)).then_registered()
    story.when(facts.fact(data)).then_registered()


def test_an_id_that_another_fact_of_the_key_holds_stays_taken() -> None:
    filing = Filing(voiding(3), References(frozenset(), {}), RECEIVED_AT)
    history = [Past(version, fact) for version, fact in enumerate((ISSUED, ASSIGNED, DRAFT, FINAL), start=1)]
    assert void(history, filing)[1] == ()
    history[3:] = []
    assert void(history, filing)[1] == (Claim("plan", str(PLAN)),)


def test_a_fact_that_another_one_needs_is_not_voided() -> None:
    story = given(ISSUED, ASSIGNED, REPORTED).when(voiding(2)).then_refused("fact-needed", "/data/version")
    story.when(voiding(3)).then_registered().when(voiding(2)).then_registered()


def test_the_first_fact_that_would_not_stand_is_named() -> None:
    with pytest.raises(FactRefusedError, match="fact-needed: version 2 "):
        given(ISSUED, ASSIGNED, REPORTED, voiding(1))


def test_a_fact_that_another_one_would_be_refused_without_is_not_voided() -> None:
    completed = facts.fact(TaskCompleted(completed_by=OFFICE), subject=TASK)
    other_lead = facts.fact(facts.task(lead=OFFICE, coordinating=()), subject=TASK)
    given(ISSUED, other_lead, completed).when(voiding(2)).then_refused("fact-needed", "/data/version")


def test_a_recall_is_voided() -> None:
    given(ISSUED, RECALLED, voiding(2)).when(ASSIGNED).then_registered()


def test_the_state_before_counts_again() -> None:
    accepted = facts.fact(TaskAccepted(accepted_by=HOME_AFFAIRS), subject=TASK)
    story = given(ISSUED, ASSIGNED, accepted).when(voiding(3)).then_registered()
    assert directive_of(story).tasks[TASK].status == "assigned"


def test_a_version_that_was_never_registered_is_not_voided() -> None:
    given(ISSUED).when(voiding(2)).then_refused("version-unknown", "/data/version")


def test_a_fact_is_voided_once() -> None:
    given(ISSUED, ASSIGNED, voiding(2)).when(voiding(2)).then_refused("already-voided", "/data/version")


def test_a_void_is_not_voided() -> None:
    given(ISSUED, ASSIGNED, voiding(2)).when(voiding(3)).then_refused("cannot-be-voided", "/data/version")


def test_the_subject_of_a_void_is_the_key_itself() -> None:
    given(ISSUED).when(voiding(1)._replace(subject=TASK)).then_refused("key-mismatch", "/subject", "/partitionkey")


def test_an_index_is_voided_and_published_anew() -> None:
    published = facts.fact(facts.index(), key=INDEX)
    given(published, voiding(1, INDEX)).when(published).then_registered()


def test_a_calendar_is_voided() -> None:
    calendar = facts.fact(facts.calendar(date(2021, 9, 2)), key=CALENDAR)
    given(calendar, calendar).when(voiding(2, CALENDAR)).then_registered()


UNIT = facts.fact(facts.unit(code="H10.9"), key=STRANGER)
RENAMED = facts.fact(UnitRenamed(name="Phòng Nội vụ", valid_from=date(2021, 1, 1)), key=STRANGER)
RIGHTS = facts.fact(facts.authorised("task-assigned"), key=AGENCY_KEY)


@pytest.mark.parametrize(("history", "version"), [((UNIT,), 1), ((UNIT, RENAMED), 2), ((RIGHTS,), 1)])
def test_facts_of_the_registry_are_not_voided(history: tuple[Fact, ...], version: int) -> None:
    given(*history).when(voiding(version, history[0].key)).then_refused("cannot-be-voided", "/data/version")


def agency(*units: UUID, types: tuple[str, ...] = ("fact-voided",)) -> Fact:
    return facts.fact(facts.authorised(*types, units=units), key=AGENCY_KEY)


def test_who_speaks_for_a_unit_takes_back_what_it_said() -> None:
    given(agency(HOME_AFFAIRS), ISSUED, ASSIGNED, REPORTED).when(voiding(3, publisher=AGENCY)).then_registered()


def test_nobody_takes_back_what_another_unit_said() -> None:
    given(agency(COMMITTEE, OFFICE), ISSUED, ASSIGNED, REPORTED).when(voiding(3, publisher=AGENCY)).then_refused(
        "unit-not-authorised", "/data/version"
    )


def test_who_speaks_for_the_issuer_takes_back_what_the_issuer_said() -> None:
    given(agency(COMMITTEE), ISSUED, ASSIGNED).when(voiding(2, publisher=AGENCY)).then_registered()


def test_voiding_needs_the_right_to_void() -> None:
    story = given(agency(HOME_AFFAIRS, types=("report-submitted",)), ISSUED, ASSIGNED, REPORTED)
    story.when(voiding(3, publisher=AGENCY)).then_refused("type-not-authorised", "/type")


def test_an_unknown_publisher_voids_nothing() -> None:
    given(ISSUED).when(voiding(1, publisher=AGENCY)).then_refused("publisher-unknown")


def test_only_a_void_voids() -> None:
    with pytest.raises(TypeError):
        void([], Filing(ISSUED, References(frozenset(), {}), RECEIVED_AT))


def test_a_history_with_voids_folds_to_what_counts() -> None:
    story = given(ISSUED, ASSIGNED, REPORTED, voiding(3), voiding(2), ASSIGNED, FINAL)
    assert fold(story.registry.histories[DIRECTIVE]) == story.registry.states[DIRECTIVE]


def test_a_void_is_judged_by_the_history_and_not_by_the_state() -> None:
    state = given(ISSUED).registry.states[DIRECTIVE]
    with pytest.raises(FactRefusedError, match="version-unknown"):
        decide(state, Filing(voiding(1), References(frozenset(), {}), RECEIVED_AT))
    assert evolve(state, voiding(1)) == state
