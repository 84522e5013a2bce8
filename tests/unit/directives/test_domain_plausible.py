"""The office's rule for years that nobody can mean."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, timezone
from typing import get_args

import pytest
from msgspec.structs import fields, replace

from services.directives.domain import Fact
from services.directives.domain.dates import day_of
from services.directives.domain.plausible import DATES, PARTS
from shared.contracts import FACTS
from shared.contracts.directives import Basis, DirectiveAmended, DirectiveCorrected
from shared.contracts.extensions import ExtensionGranted
from shared.contracts.registry import CalendarAmended, UnitRenamed, UnitSucceeded
from shared.contracts.tasks import NewDay, TaskReassigned, TaskResumed
from shared.contracts.types import Contract, Part
from shared.contracts.work import ConferenceRescheduled, PlanApproved
from tests.support import facts
from tests.support.facts import AGENCY_KEY, CONFERENCE, INDEX, OFFICE, PLAN, REQUEST, STRANGER, TASK
from tests.support.scenario import given

FIRST, LAST = date(999, 12, 31), date(2201, 1, 1)
BEGIN, END = datetime(1, 1, 1, tzinfo=timezone(timedelta(hours=14))), datetime(9999, 12, 31, 23, 59, 59, tzinfo=UTC)
NEW_DAYS = (NewDay(name="dự thảo", last_good_day=LAST),)
BASIS = Basis(title="Công văn", issued_on=FIRST)

IMPLAUSIBLE = [
    (facts.fact(facts.directive(issued_on=FIRST)), "/data/issued_on"),
    (facts.fact(replace(facts.directive(), based_on=(Basis(title="Quyết định"), BASIS))), "/data/based_on/1/issued_on"),
    (facts.fact(DirectiveAmended(changes="Sửa", document=BASIS)), "/data/document/issued_on"),
    (facts.fact(DirectiveCorrected(correction="Sửa", issued_on=FIRST)), "/data/issued_on"),
    (
        facts.fact(TaskReassigned(lead=OFFICE, new_days=NEW_DAYS), subject=TASK),
        "/data/new_days/0/last_good_day",
    ),
    (facts.fact(TaskResumed(new_days=NEW_DAYS), subject=TASK), "/data/new_days/0/last_good_day"),
    (facts.fact(PlanApproved(document=BASIS), subject=PLAN), "/data/document/issued_on"),
    (facts.fact(facts.scheduled(starts_at=END), subject=CONFERENCE), "/data/starts_at"),
    (facts.fact(facts.scheduled(ends_at=END), subject=CONFERENCE), "/data/ends_at"),
    (facts.fact(ConferenceRescheduled(rescheduled_by=OFFICE, starts_at=END), subject=CONFERENCE), "/data/starts_at"),
    (facts.fact(facts.held(at=BEGIN), subject=CONFERENCE), "/data/held_at"),
    (facts.fact(facts.requested(day=date.max), subject=REQUEST), "/data/requested_day"),
    (facts.fact(ExtensionGranted(last_good_day=date.max), subject=REQUEST), "/data/last_good_day"),
    (facts.fact(replace(facts.index(), document=BASIS), key=INDEX), "/data/document/issued_on"),
    (facts.fact(replace(facts.unit(), valid_from=FIRST), key=STRANGER), "/data/valid_from"),
    (facts.fact(UnitRenamed(name="Phòng Nội vụ", valid_from=LAST), key=STRANGER), "/data/valid_from"),
    (facts.fact(UnitSucceeded(successors=(OFFICE,), valid_from=LAST), key=STRANGER), "/data/valid_from"),
    (facts.fact(facts.authorised("task-assigned", valid_from=BEGIN), key=AGENCY_KEY), "/data/valid_from"),
    (facts.fact(facts.authorised("task-assigned", valid_until=END), key=AGENCY_KEY), "/data/valid_until"),
]


@pytest.mark.parametrize(("fact", "pointer"), IMPLAUSIBLE)
def test_a_year_that_nobody_can_mean_is_refused(fact: Fact, pointer: str) -> None:
    given().when(fact).then_refused("year-implausible", pointer)


@pytest.mark.parametrize("valid_from", [date(1000, 1, 1), date(2200, 12, 31), None])
def test_an_old_unit_and_one_to_come_are_registered(valid_from: date | None) -> None:
    given().when(facts.fact(replace(facts.unit(code="H10.9"), valid_from=valid_from), key=STRANGER)).then_registered()


def types_in(annotation: object) -> Iterator[object]:
    yield annotation
    for inner in get_args(annotation):
        yield from types_in(inner)


def dates_of(struct: type[Contract | Part]) -> Iterator[str]:
    """Yield the members of a contract that are dates, and those whose parts have one, as `member/part`."""
    for field in fields(struct):
        inner = [each for each in types_in(field.type) if isinstance(each, type)]
        if any(issubclass(each, date) for each in inner):
            yield field.name
        yield from (f"{field.name}/{name}" for part in inner if issubclass(part, Part) for name in dates_of(part))


@pytest.mark.parametrize("contract", [each for each in FACTS if each is not CalendarAmended])
def test_every_date_of_a_fact_is_judged(contract: type[Contract]) -> None:
    known = {*DATES.get(contract, ()), *(("/".join(PARTS[contract]),) if contract in PARTS else ())}
    assert set(dates_of(contract)) == known


def test_at_the_ends_of_the_calendar_a_day_is_the_one_that_is_written() -> None:
    assert day_of(END) == date(9999, 12, 31)
    assert day_of(BEGIN) == date(1, 1, 1)


def test_the_day_is_that_of_vietnam() -> None:
    assert day_of(datetime(2021, 4, 10, 17, 0, tzinfo=UTC)) == date(2021, 4, 11)
