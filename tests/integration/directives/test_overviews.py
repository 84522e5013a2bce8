"""The overview on real tables says what the lists and the scorecards say, at any instant and for whoever asks."""

from collections import Counter
from collections.abc import AsyncIterator
from datetime import date, datetime

import pytest
import pytest_asyncio

from deploy.local.infrastructure import Infrastructure
from services.directives.console import Filter
from services.directives.domain.status import CLOSED, last_good_day
from services.directives.views import papers
from services.directives.views.overviews import count_by_directive, list_issuers, read_overview, span_of
from services.directives.views.questions import DirectiveQuestion, ScorecardQuestion
from services.directives.views.scorecards import read_scorecard
from services.directives.views.stored import count_tasks, list_tasks
from shared.contracts.tasks import TaskCompleted, TaskSuspended
from shared.contracts.voiding import FactVoided
from shared.identity.principals import Sight
from shared.postgres import Pool
from tests.support.april import (
    CALENDAR_TASK,
    COMMITTEE,
    CONFERENCE_TASK,
    DIRECTIVE,
    DRAFT,
    HOLD,
    HOME_AFFAIRS,
    OFFICE,
    PLAN,
    PLAN_TASK,
    REPORT,
    Journal,
    approaching,
    deadline_set,
    draft,
    hanoi,
    report,
)
from tests.support.read_model import know, opened_read_model

pytestmark = pytest.mark.asyncio(loop_scope="module")

INSTANTS = (
    hanoi(2), hanoi(6), hanoi(14, 23), hanoi(16, 0), hanoi(21), hanoi(30, 0), hanoi(1, 1, month=5), hanoi(2, 12, month=5),
    hanoi(4, month=5), hanoi(20, month=5),
)  # fmt: skip
SIGHTS = (Sight(), Sight(HOME_AFFAIRS), Sight(OFFICE), Sight(COMMITTEE, is_issuer=True), Sight(COMMITTEE))
CODES = {"H10.21.3": HOME_AFFAIRS, "H10.21.1": OFFICE}


def play() -> Journal:
    """Return a spring in which work comes late in every way: a draft, a word that all is done, a task put off after its deadline."""
    journal = Journal()
    journal.open_office(hanoi(1))
    journal.issue(hanoi(5))
    journal.say(approaching(PLAN_TASK, DRAFT, hanoi(13, 0)), hanoi(13, 0))
    journal.register(PLAN, draft(), hanoi(20))
    journal.register(REPORT, report(), hanoi(22))
    journal.register(CALENDAR_TASK, TaskCompleted(completed_by=OFFICE, summary="Đã bố trí"), hanoi(2, month=5))
    journal.register(CONFERENCE_TASK, TaskSuspended(reason="Chờ chủ trương"), hanoi(3, month=5))
    journal.register(REPORT, FactVoided(version=7, reason="Nhầm tệp"), hanoi(4, 8, month=5))
    return journal


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def pool(infrastructure: Infrastructure) -> AsyncIterator[Pool]:
    infrastructure.postgres.create_database("overviews")
    async with opened_read_model(infrastructure.postgres.dsn("overviews")) as pool:
        yield pool
    infrastructure.postgres.drop_database("overviews")


async def _listed(pool: Pool, chosen: Filter, at: datetime, sight: Sight) -> int:
    return len((await list_tasks(pool, chosen.question(), at, sight)).items)


@pytest.mark.parametrize("at", INSTANTS)
async def test_every_figure_is_as_long_as_its_list(pool: Pool, at: datetime) -> None:
    await know(pool, play(), at)
    for sight in SIGHTS:
        overview = await read_overview(pool, at, sight)
        for name in ("done_on_time", "done_late", "open_in_time", "open_due_soon", "open_overdue", "open_without_deadline"):
            assert getattr(overview.counts, name) == await _listed(pool, Filter.model_validate({"status": name}), at, sight), (name, sight)
        for day, tasks in overview.week:
            chosen = Filter(status="to_hand_in", due_from=day.isoformat(), due_to=f"{day.day}/{day.month}/{day.year}")
            assert tasks == await _listed(pool, chosen, at, sight), (day, sight)
        for late in overview.late:
            assert late.tasks == await _listed(pool, Filter(unit=late.unit.code or "", status="open_overdue"), at, sight)
        assert sum(late.tasks for late in overview.late) == overview.counts.open_overdue


@pytest.mark.parametrize("at", INSTANTS)
async def test_days_late_are_those_of_the_scorecards(pool: Pool, at: datetime) -> None:
    await know(pool, play(), at)
    year = ScorecardQuestion.model_validate({"from": date(2021, 1, 1), "to": date(2021, 12, 31)})
    for sight in SIGHTS:
        told = {late.unit.code: late.days_late for late in (await read_overview(pool, at, sight)).late}
        for code in CODES if at > hanoi(1) else ():
            card = await read_scorecard(pool, code, year, at, sight)
            assert told.get(code) == max((each.days_late for each in card.late if each.work not in CLOSED), default=None), (code, sight)


async def test_a_week_is_that_of_the_office_and_begins_on_monday(pool: Pool) -> None:
    await know(pool, play(), hanoi(14))
    days = [day for day, _ in (await read_overview(pool, hanoi(14))).week]
    assert (days[0], days[-1]) == (date(2021, 4, 12), date(2021, 4, 18))
    assert [day for day, tasks in (await read_overview(pool, hanoi(12, 0))).week if tasks] == [date(2021, 4, 15)]
    late_sunday = hanoi(11, 23)
    assert next(iter((await read_overview(pool, late_sunday)).week)).day == date(2021, 4, 5)


@pytest.mark.parametrize(
    ("due", "day"),
    [(hanoi(16, 0), date(2021, 4, 15)), (hanoi(16, 17), date(2021, 4, 16)), (hanoi(16, 23), date(2021, 4, 16))],
)
async def test_a_span_of_days_holds_the_deadlines_whose_last_good_days_they_are(due: datetime, day: date) -> None:
    assert last_good_day(due) == day
    after, before = span_of(day, day)
    assert after is not None
    assert before is not None
    assert after <= due < before


async def test_facts_that_were_registered_last_come_first_and_a_voided_one_says_so(pool: Pool) -> None:
    await know(pool, play(), hanoi(20, month=5))
    newest = (await read_overview(pool, hanoi(20, month=5))).newest
    assert [each.entry.version for each in newest] == [*range(10, 0, -1)]
    assert [each.entry.version for each in newest if each.entry.voided] == [7]
    assert {each.directive.id for each in newest} == {DIRECTIVE}
    own = (await read_overview(pool, hanoi(20, month=5), Sight(OFFICE))).newest
    assert {each.entry.subject for each in own} == {str(each) for each in (DIRECTIVE, PLAN_TASK, CALENDAR_TASK, PLAN)}
    assert (await read_overview(pool, hanoi(20, month=5), Sight(COMMITTEE))).newest == []


async def test_directives_are_counted_and_their_issuers_named_as_far_as_one_sees_them(pool: Pool) -> None:
    at = hanoi(20, month=5)
    await know(pool, play(), at)
    for sight, tasks, issuers in ((Sight(), 4, 1), (Sight(OFFICE), 2, 1), (Sight(COMMITTEE), 0, 0)):
        counts = (await count_by_directive(pool, [DIRECTIVE], at, sight))[DIRECTIVE]
        assert counts == await count_tasks(pool, Filter(directive=DIRECTIVE).question(), at, sight)
        assert sum(counts.model_dump(exclude={"open_due_soon"}).values()) == tasks
        assert len(await list_issuers(pool, at, sight)) == issuers
        listed = (await papers.list_directives(pool, DirectiveQuestion(), at, sight)).items
        assert Counter(each.tasks for each in listed) == Counter([tasks] if issuers else [])


async def test_counts_keep_to_the_days_that_are_chosen(pool: Pool) -> None:
    at = hanoi(6)
    await know(pool, play(), at)
    chosen = Filter(due_from="29/4/2021", due_to="2021-04-30")
    counts = await count_tasks(pool, chosen.question(), at)
    assert (counts.open_in_time, counts.open_without_deadline) == (2, 0)
    assert deadline_set(CONFERENCE_TASK, HOLD).due == hanoi(1, 0, month=5)
    assert Filter(due_from="31/2/2021").wrong == ("due_from",)
