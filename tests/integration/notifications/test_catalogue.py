"""Facts of the whole catalogue on a real PostgreSQL: whatever the batches, the same units are told, and told of what was voided."""

from datetime import date
from uuid import UUID

import pytest

from services.notifications.handlers import DEADLINES, DIRECTIVES
from shared.contracts.deadlines import DeadlineAtRisk
from shared.contracts.registry import UnitRenamed
from shared.contracts.tasks import TaskReassigned, TaskSuspended
from shared.contracts.voiding import FactVoided
from shared.contracts.work import PlanReturned, PlanSubmitted
from tests.support.notice_office import QUERIES, Office
from tests.support.notices import (
    COMMITTEE,
    DIRECTIVE,
    FINANCE,
    HOME_AFFAIRS,
    OFFICE,
    OTHER_TASK,
    TASK,
    assigned,
    event,
    issued,
    missed,
    registered,
)

PLAN = UUID("b1000000-0000-5000-8000-000000000001")
STORY = [
    event(issued(), "d-1", subject=DIRECTIVE, version=1),
    event(assigned(coordinating=(OFFICE,)), "t-1", version=2),
    event(PlanSubmitted(task=TASK, submitted_by=HOME_AFFAIRS, stage="draft", title="Dự thảo"), "p-1", subject=PLAN, version=3),
    event(TaskReassigned(lead=FINANCE), "r-1", version=4),
    event(PlanReturned(reasons="Thiếu"), "p-2", subject=PLAN, version=5),
    event(FactVoided(version=4, reason="Giao nhầm"), "v-1", subject=DIRECTIVE, version=6),
    event(TaskSuspended(reason="Chờ chỉ đạo"), "s-1", version=7),
]


async def told(office: Office) -> list[tuple[str, UUID]]:
    return [(data.rule, data.recipient) for data, _ in await office.published()]


@pytest.mark.parametrize("size", [1, 2, 3, 7])
async def test_whatever_the_batches_the_same_units_are_told(office: Office, size: int) -> None:
    for start in range(0, len(STORY), size):
        await office.follow(DIRECTIVES, *STORY[start : start + size])
    assert await told(office) == [
        ("task-assigned", HOME_AFFAIRS),
        ("task-assigned", OFFICE),
        ("task-reassigned", FINANCE),
        ("task-reassigned", HOME_AFFAIRS),
        ("task-reassigned", OFFICE),
        ("plan-returned", HOME_AFFAIRS),
        ("plan-returned", FINANCE),
        ("fact-voided", HOME_AFFAIRS),
        ("fact-voided", OFFICE),
        ("fact-voided", FINANCE),
        ("task-suspended", HOME_AFFAIRS),
        ("task-suspended", OFFICE),
    ]


async def test_a_voided_fact_names_the_notices_that_it_corrects(office: Office) -> None:
    await office.follow(DIRECTIVES, *STORY[:5])
    await office.follow(DIRECTIVES, *STORY[5:])
    data = [data for data, _ in await office.published()]
    before = {each.recipient: each.notice for each in data if each.rule == "task-reassigned"}
    assert {each.recipient: each.corrects for each in data if each.rule == "fact-voided"} == before


@pytest.mark.parametrize("size", [1, 4])
async def test_a_voided_fact_is_told_apart_from_one_of_another_source_with_its_id(office: Office, size: int) -> None:
    facts = [
        event(issued(), "1", subject=DIRECTIVE, version=1),
        event(assigned(), "2", version=2),
        event(assigned(lead=FINANCE, number="2"), "2", subject=OTHER_TASK, source="/publishers/finance", version=3),
        event(FactVoided(version=2, reason="Giao nhầm"), "3", subject=DIRECTIVE, version=4),
    ]
    for start in range(0, len(facts), size):
        await office.follow(DIRECTIVES, *facts[start : start + size])
    assert (await told(office))[2:] == [("fact-voided", HOME_AFFAIRS)]


async def test_the_issuer_is_told_of_a_risk_as_soon_as_it_becomes_known(office: Office) -> None:
    terms = {name: getattr(missed(), name) for name in missed().__struct_fields__ if name not in ("stage_at", "late_by_seconds")}
    await office.follow(DEADLINES, event(DeadlineAtRisk(**terms, why="task-declined", fact="f-1"), "k-1"))
    assert await told(office) == [("deadline-at-risk", HOME_AFFAIRS)]
    await office.follow(DIRECTIVES, STORY[0])
    assert (await told(office))[1:] == [("deadline-at-risk", COMMITTEE)]


async def test_a_renamed_unit_has_its_new_name(office: Office) -> None:
    await office.follow(DIRECTIVES, event(registered("H10.21.3", "Phòng Nội vụ"), "u-1", subject=HOME_AFFAIRS, key=HOME_AFFAIRS, version=1))
    renamed = UnitRenamed(name="Phòng Văn hoá - Xã hội", valid_from=date(2025, 7, 1))
    await office.follow(DIRECTIVES, event(renamed, "u-2", subject=HOME_AFFAIRS, key=HOME_AFFAIRS, version=2))
    rows = await office.ledger.pool.fetch(QUERIES["list_units"])
    assert [tuple(row.values()) for row in rows] == [(HOME_AFFAIRS, "H10.21.3", "Phòng Văn hoá - Xã hội")]
