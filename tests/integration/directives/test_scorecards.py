"""Scorecards on real tables: of the present, of any past period, and the same whenever they are asked for."""

from collections.abc import AsyncIterator
from datetime import date
from typing import NamedTuple

import pytest
import pytest_asyncio

from deploy.local.infrastructure import Infrastructure
from services.directives.views.questions import ScorecardQuestion
from services.directives.views.scorecards import read_scorecard
from shared.errors import NotFoundError
from shared.identity.principals import Sight
from shared.postgres import Pool
from tests.support.april import CONFERENCE_TASK, OFFICE, Journal, hanoi, play
from tests.support.read_model import know, opened_read_model

pytestmark = pytest.mark.asyncio(loop_scope="module")

CODES = ("H10.21.3", "H10.21.1", "H10.21")
LATER = hanoi(20, month=6)
APRIL = ScorecardQuestion.model_validate({"from": date(2021, 4, 1), "to": date(2021, 4, 30)})


class Office(NamedTuple):
    """The month, played."""

    pool: Pool
    journal: Journal


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def office(infrastructure: Infrastructure) -> AsyncIterator[Office]:
    infrastructure.postgres.create_database("scorecards")
    journal = Journal()
    play(journal)
    async with opened_read_model(infrastructure.postgres.dsn("scorecards")) as pool:
        yield Office(pool, journal)
    infrastructure.postgres.drop_database("scorecards")


@pytest.mark.parametrize("code", CODES)
@pytest.mark.parametrize("sight", [Sight(), Sight(OFFICE)])
@pytest.mark.parametrize("day", [4, 14, 16, 30])
async def test_a_scorecard_comes_out_again_whenever_it_is_asked_for(office: Office, code: str, sight: Sight, day: int) -> None:
    end = hanoi(day + 1, 0) if day < 30 else hanoi(1, 0, month=5)
    question = ScorecardQuestion.model_validate({"from": date(2021, 4, 2), "to": date(2021, 4, day)})
    await know(office.pool, office.journal, end)
    then = await read_scorecard(office.pool, code, question, end, sight)
    await know(office.pool, office.journal, LATER)
    later = await read_scorecard(office.pool, code, question, LATER, sight)
    assert later.as_of == then.as_of == end
    assert later == then


async def test_a_period_counts_what_was_carried_into_it_and_leaves_out_what_was_done_before(office: Office) -> None:
    await know(office.pool, office.journal, LATER)
    april = await read_scorecard(office.pool, "H10.21.3", APRIL, LATER)
    assert (april.tasks.open_overdue, april.tasks.open_in_time, april.tasks.open_without_deadline, april.on_time_rate) == (1, 1, 1, None)
    assert [(each.id, each.days_late) for each in april.late] == [(CONFERENCE_TASK, 1)]
    may = await read_scorecard(office.pool, "H10.21.3", ScorecardQuestion.model_validate({"from": date(2021, 5, 1)}), LATER)
    assert (may.tasks.done_late, may.tasks.done_on_time, may.on_time_rate) == (1, 1, 0.5)
    june = await read_scorecard(office.pool, "H10.21.3", ScorecardQuestion.model_validate({"from": date(2021, 6, 1)}), LATER)
    assert (june.tasks.done_late, june.tasks.open_without_deadline, june.late) == (0, 1, [])
    nothing = await read_scorecard(office.pool, "H10.21", APRIL, LATER)
    assert sum(nothing.tasks.model_dump().values()) == 0


async def test_a_code_that_no_unit_bears_is_not_found(office: Office) -> None:
    with pytest.raises(NotFoundError):
        await read_scorecard(office.pool, "H99", APRIL, LATER)
