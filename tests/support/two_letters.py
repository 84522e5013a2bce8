"""Two letters of two issuers to units that have nothing to do with each other, in the tables of all three services."""

from contextlib import asynccontextmanager
from itertools import count
from typing import TYPE_CHECKING
from uuid import UUID

import msgspec

from services.notifications.handlers import DEADLINES, DIRECTIVES
from services.setup_command import migrate_all
from shared.clock import step_clock
from shared.contracts.deadlines import DeadlineApproaching
from shared.contracts.directives import DeadlineClause, DirectiveIssued, TaskAssigned
from shared.contracts.registry import UnitRegistered
from shared.contracts.work import PlanSubmitted
from shared.envelope import Event, decode, event_of
from shared.journal.unit_of_work import Ledger
from shared.postgres import Pool, connect, create_pool
from tests.support.april import CONFERENCE, DIRECTIVE, HOME_AFFAIRS, ITEM, OFFICE, PLAN, PLAN_TASK, Journal, draft, hanoi, named, scheduled
from tests.support.deadline_office import DeadlineOffice
from tests.support.notice_office import Office
from tests.support.read_model import apply

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

PROVINCE, FINANCE = named("province"), named("finance")
OTHER_DIRECTIVE, OTHER_TASK, OTHER_PLAN = named("other directive"), named("other task"), named("other plan")
CODES = {HOME_AFFAIRS: "H10.21.3", OFFICE: "H10.21.1", FINANCE: "H10.21.4"}
NOW = hanoi(21)

_UNITS = ((PROVINCE, "H10", "Ủy ban nhân dân tỉnh"), (FINANCE, "H10.21.4", "Phòng Tài chính - Kế hoạch"))
_CLAUSE = DeadlineClause(name="Nộp kế hoạch", met_by="plan-submitted", phrase="trước ngày 20/5/2021")
_LETTER = DirectiveIssued(
    key="th-2021-01",
    issuer=PROVINCE,
    subject="Tiết kiệm chi thường xuyên",
    document_type="CV",
    number=77,
    symbol="UBND-TH",
    addressees=(FINANCE,),
)
_DUTY = TaskAssigned(number="1", content="Lập kế hoạch tiết kiệm chi.", lead=FINANCE, deliverable="plan", deadlines=(_CLAUSE,))
_PLAN = PlanSubmitted(task=OTHER_TASK, submitted_by=FINANCE, stage="draft", title="Kế hoạch tiết kiệm chi", items=(ITEM,))


def _play() -> Journal:
    journal = Journal()
    journal.open_office(hanoi(1))
    for unit, code, name in _UNITS:
        journal.register(unit, UnitRegistered(code=code, name=name), hanoi(1), key=unit)
    journal.issue(hanoi(5))
    journal.register(PLAN, draft(), hanoi(15, 16))
    journal.register(CONFERENCE, scheduled(), hanoi(20))
    for subject, data in ((OTHER_DIRECTIVE, _LETTER), (OTHER_TASK, _DUTY), (OTHER_PLAN, _PLAN)):
        journal.register(subject, data, hanoi(20), key=OTHER_DIRECTIVE)
    return journal


def _reminder(task: UUID, directive: UUID, lead: UUID) -> Event:
    """Return that a deadline is near, of which the lead unit is told."""
    data = msgspec.convert(
        {
            "deadline": named(f"near {task}"), "task": task, "directive": directive, "task_number": "1", "content": "Lập kế hoạch",
            "lead": lead, "coordinating": (), "name": "Nộp", "met_by": "plan-submitted", "due": hanoi(29), "working_days_left": 3,
            "stage_at": hanoi(21),
        },
        DeadlineApproaching,
    )  # fmt: skip
    made = event_of(data, id=f"near-{task}", source="/services/deadlines", subject=str(task), key=str(directive))
    return msgspec.structs.replace(made, registeredtime=NOW)


@asynccontextmanager
async def told(dsn: str) -> "AsyncIterator[None]":
    """Migrate a database and tell all services of the letters, on a clock that stands at NOW."""
    await migrate_all(dsn)
    connection = await connect(dsn, schema="public")
    await step_clock(connection, NOW)
    await connection.close()
    journal = _play()
    events = [decode(each.value) for each in journal.records]
    async with _pool(dsn, "directives") as pool:
        await apply(pool, journal)
    async with _pool(dsn, "deadlines") as pool:
        await DeadlineOffice(pool, count()).take(*events)
    async with _pool(dsn, "notifications") as pool:
        office = Office(Ledger(pool))
        await office.follow(DIRECTIVES, *events)
        for where in ((PLAN_TASK, DIRECTIVE, HOME_AFFAIRS), (named("task 2"), DIRECTIVE, OFFICE), (OTHER_TASK, OTHER_DIRECTIVE, FINANCE)):
            await office.follow(DEADLINES, _reminder(*where))
        await office.send()
    yield


@asynccontextmanager
async def _pool(dsn: str, schema: str) -> "AsyncIterator[Pool]":
    pool = await create_pool(dsn, schema=schema)
    try:
        yield pool
    finally:
        await pool.close()
