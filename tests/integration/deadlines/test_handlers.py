"""Facts become deadlines that are set and met, on a real PostgreSQL."""

from collections.abc import AsyncIterator

import pytest

from shared.contracts.deadlines import DeadlineMet, DeadlineSet
from shared.contracts.directives import DeadlineClause
from shared.contracts.registry import UnitRegistered
from shared.contracts.work import ConferenceHeld, ConferenceScheduled, PlanSubmitted, ReportSubmitted
from shared.envelope import Event
from tests.support.deadline_office import (
    C1,
    D1,
    HOME_AFFAIRS,
    OFFICE,
    P1,
    T1,
    DeadlineOffice,
    assigned,
    deadline_id,
    issued,
    open_office,
    registered,
    vn,
)  # fmt: skip

DRAFT = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4/2021", plan_stage="draft")
FINAL = DeadlineClause(name="chính thức", met_by="plan-submitted", phrase="chậm nhất ngày 20/4/2021", plan_stage="final")
HELD = DeadlineClause(name="hội nghị", met_by="conference-held", phrase="trong tháng 4 năm 2021")
REPORT = DeadlineClause(name="báo cáo", met_by="report-submitted", phrase="đúng thời gian quy định")


def plan(version: int, received: int, stage: str = "draft") -> Event:
    data = PlanSubmitted(task=T1, submitted_by=HOME_AFFAIRS, stage="final" if stage == "final" else "draft", title="Kế hoạch")
    return registered(data, P1, version, vn(received))


@pytest.fixture
async def office(database: str) -> AsyncIterator[DeadlineOffice]:
    async with open_office(database) as office:
        await office.step_to(vn(6))
        yield office


async def test_a_task_sets_one_deadline_for_each_clause(office: DeadlineOffice) -> None:
    await office.take(issued(vn(5)), assigned(DRAFT, HELD, REPORT, received=vn(5)))
    said = await office.said()
    assert [event.data.due for event in said] == [vn(16), vn(1, 5), None]
    assert [event.data.kind for event in said] == ["fixed", "fixed", "unresolved"]
    assert [event.subject for event in said] == [str(deadline_id(T1, clause.name)) for clause in (DRAFT, HELD, REPORT)]


async def test_an_event_carries_its_cause_its_source_and_the_instant_of_its_emission(office: DeadlineOffice) -> None:
    await office.take(issued(vn(5)), assigned(DRAFT, received=vn(5)))
    [event] = await office.said()
    [row] = await office.rows()
    assert row["cause"] == "directives.events.v1/0/1"
    assert (event.source, event.partitionkey, row["key"]) == ("/services/deadlines", str(D1), str(D1).encode())
    assert (event.time, event.registeredtime) == (vn(5), vn(6))
    assert event.data.lead == HOME_AFFAIRS
    assert event.data.coordinating == (OFFICE,)
    assert event.data.proof.last_good_day == "2021-04-15"


async def test_a_day_without_a_year_needs_the_day_of_the_letter(office: DeadlineOffice) -> None:
    clause = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 16/4")
    await office.take(issued(vn(5), issued_on=vn(5)), assigned(clause, received=vn(5)))
    other = deadline_id(D1, "another directive")
    await office.take(issued(vn(5), key=other), assigned(clause, received=vn(5), task=C1, key=other))
    dated, undated = await office.said()
    assert (dated.data.kind, dated.data.due) == ("fixed", vn(16))
    assert (undated.data.kind, undated.data.due) == ("unresolved", None)


async def test_an_impossible_day_is_unresolved_and_says_why(office: DeadlineOffice) -> None:
    clause = DeadlineClause(name="dự thảo", met_by="plan-submitted", phrase="trước ngày 31/4/2021")
    await office.take(assigned(clause, received=vn(5)))
    [event] = await office.said()
    assert event.data.kind == "unresolved"
    assert event.data.proof.reason.startswith("impossible-phrase")


async def test_clauses_of_the_same_name_are_deadlines_of_their_own(office: DeadlineOffice) -> None:
    again = DeadlineClause(name="dự thảo", met_by="report-submitted", phrase="trước ngày 17/4/2021")
    await office.take(assigned(DRAFT, again, received=vn(5)))
    assert len({event.subject for event in await office.said()}) == 2


async def test_a_draft_meets_the_draft_and_the_final_plan_meets_both(office: DeadlineOffice) -> None:
    await office.take(assigned(DRAFT, FINAL, received=vn(5)))
    await office.take(plan(3, 14, "draft"))
    met = [event.data for event in await office.said() if isinstance(event.data, DeadlineMet)]
    assert [(data.name, data.on_time, data.met_at, data.fact) for data in met] == [("dự thảo", True, vn(14), "fact-3")]
    await office.take(plan(4, 21, "final"))
    met = [event.data for event in await office.said() if isinstance(event.data, DeadlineMet)]
    assert [(data.name, data.on_time) for data in met] == [("dự thảo", True), ("chính thức", False)]


async def test_one_batch_may_set_and_meet_a_deadline(office: DeadlineOffice) -> None:
    await office.take(issued(vn(5)), assigned(DRAFT, received=vn(5)), plan(3, 6), plan(4, 7))
    assert await office.names() == ["set", "met"]


async def test_a_conference_meets_the_deadlines_of_the_tasks_that_its_schedule_names(office: DeadlineOffice) -> None:
    scheduling = DeadlineClause(name="xếp lịch", met_by="conference-scheduled", phrase="trước ngày 30/4/2021")
    await office.take(assigned(scheduling, HELD, received=vn(5)))
    data = ConferenceScheduled(tasks=(T1,), scheduled_by=OFFICE, title="Hội nghị", starts_at=vn(28, hour=8), place="Hội trường")
    await office.take(registered(data, C1, 3, vn(20)))
    await office.take(registered(ConferenceHeld(held_at=vn(28, hour=8), reported_by=OFFICE), C1, 4, vn(28, hour=11)))
    met = [event.data for event in await office.said() if isinstance(event.data, DeadlineMet)]
    assert [(event.name, event.on_time) for event in met] == [("xếp lịch", True), ("hội nghị", True)]


async def test_a_fact_of_another_directive_meets_nothing(office: DeadlineOffice) -> None:
    await office.take(assigned(DRAFT, received=vn(5)))
    foreign = PlanSubmitted(task=T1, submitted_by=HOME_AFFAIRS, stage="final", title="Kế hoạch")
    await office.take(registered(foreign, P1, 2, vn(6), key=deadline_id(D1, "another directive")))
    assert await office.names() == ["set"]


async def test_of_an_unresolved_deadline_that_is_met_nobody_says_whether_it_was_in_time(office: DeadlineOffice) -> None:
    await office.take(assigned(REPORT, received=vn(5)))
    await office.take(registered(ReportSubmitted(task=T1, submitted_by=HOME_AFFAIRS, title="Báo cáo"), P1, 3, vn(29)))
    last = (await office.said())[-1].data
    assert isinstance(last, DeadlineMet)
    assert (last.due, last.on_time) == (None, None)


async def test_a_unit_keeps_the_code_that_was_registered_last(office: DeadlineOffice) -> None:
    for version, code in enumerate(["H10.21.3", "H10.21.4"], start=1):
        await office.take(registered(UnitRegistered(code=code, name="Phòng Nội vụ"), OFFICE, version, vn(5), key=OFFICE))
    assert await office.pool.fetchval("SELECT code FROM unit WHERE unit_id = $1", OFFICE) == "H10.21.4"


async def test_a_task_that_comes_again_says_nothing_more(office: DeadlineOffice) -> None:
    for _ in range(2):
        await office.take(assigned(DRAFT, received=vn(5)))
    [event] = await office.said()
    assert isinstance(event.data, DeadlineSet)
