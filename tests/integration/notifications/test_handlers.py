"""The handlers on a real PostgreSQL: one batch, one transaction, each notice once."""

from uuid import UUID

import msgspec
import pytest

from services.notifications.handlers import DEADLINES, DIRECTIVES, AcknowledgeNotice, acknowledge
from shared.errors import InvalidMessageError
from tests.support.notice_office import QUERIES, Office
from tests.support.notices import (
    AT,
    COMMITTEE,
    CONFERENCE,
    DIRECTIVE,
    FINANCE,
    HOME_AFFAIRS,
    MISSED_ID,
    OFFICE,
    OTHER_TASK,
    TASK,
    approaching,
    assigned,
    derived,
    event,
    issued,
    met,
    missed,
    registered,
    scheduled,
)

ISSUED = event(issued(), "d-1", subject=DIRECTIVE)
ASSIGNED = event(assigned(coordinating=(OFFICE,)), "t-1")
MISSED = event(missed(), MISSED_ID)
CORRECTED = event(met(corrects=MISSED_ID), "met-1")


async def told(office: Office) -> list[tuple[str, UUID, str]]:
    return [(data.rule, data.recipient, cause) for data, cause in await office.published()]


async def test_a_batch_publishes_its_notices_and_keeps_the_position_of_each(office: Office) -> None:
    await office.follow(DIRECTIVES, ISSUED, ASSIGNED)
    assert await told(office) == [
        ("task-assigned", HOME_AFFAIRS, "directives.events.v1/0/1"),
        ("task-assigned", OFFICE, "directives.events.v1/0/1"),
    ]
    rows = await office.ledger.pool.fetch(QUERIES["list_notices"])
    published = {data.notice: position for position, (data, _) in enumerate(await office.published(), start=1)}
    assert {row["notice"]: row["position"] for row in rows} == published
    assert {row["issued_at"] for row in rows} == {AT}


async def test_the_issuer_is_told_of_a_missed_deadline_as_soon_as_the_issuer_becomes_known(office: Office) -> None:
    await office.follow(DEADLINES, MISSED, CORRECTED)
    assert [unit for _, unit, _ in await told(office)] == [HOME_AFFAIRS, HOME_AFFAIRS]
    await office.follow(DIRECTIVES, ISSUED)
    assert (await told(office))[2:] == [
        ("deadline-missed", COMMITTEE, "deadlines.events.v1/0/0"),
        ("deadline-met", COMMITTEE, "deadlines.events.v1/0/1"),
    ]
    by_rule = {data.rule: data for data, _ in (await office.published())[2:]}
    assert by_rule["deadline-met"].corrects == by_rule["deadline-missed"].notice


async def test_a_correction_in_a_later_batch_names_the_notices_of_the_missed_deadline(office: Office) -> None:
    await office.follow(DIRECTIVES, ISSUED)
    await office.follow(DEADLINES, MISSED)
    await office.follow(DEADLINES, CORRECTED)
    data = [data for data, _ in await office.published()]
    assert [each.corrects for each in data[2:]] == [each.notice for each in data[:2]]


async def test_a_lead_that_becomes_known_after_the_conference_is_told_of_it(office: Office) -> None:
    conference = event(scheduled(participants=(FINANCE,), tasks=(TASK, OTHER_TASK)), "c-1", subject=CONFERENCE)
    await office.follow(DIRECTIVES, conference)
    await office.follow(DIRECTIVES, event(assigned(), "t-1"))
    invited = [unit for rule, unit, _ in await told(office) if rule == "conference-scheduled"]
    assert invited == [FINANCE, HOME_AFFAIRS]


async def test_events_that_are_read_again_issue_nothing(office: Office) -> None:
    await office.follow(DIRECTIVES, ISSUED, ASSIGNED)
    await office.follow(DEADLINES, MISSED, MISSED, CORRECTED)
    before = await office.published()
    await office.follow(DIRECTIVES, ISSUED, ASSIGNED, offsets=(0, 1))
    await office.follow(DEADLINES, MISSED, MISSED, CORRECTED, offsets=(0, 1, 2))
    assert await office.published() == before


async def test_an_event_without_any_time_is_refused_and_nothing_of_its_batch_is_kept(office: Office) -> None:
    timeless = msgspec.structs.replace(ASSIGNED, registeredtime=None)
    with pytest.raises(InvalidMessageError, match="neither when it was registered"):
        await office.follow(DIRECTIVES, ISSUED, timeless)
    assert await office.published() == []
    assert await office.ledger.pool.fetchval(QUERIES["count_known"]) == 0


async def test_a_unit_that_registers_again_keeps_its_newest_name(office: Office) -> None:
    await office.follow(DIRECTIVES, event(registered("H10.21.3", "Phòng Nội vụ"), "u-1", subject=HOME_AFFAIRS, key=HOME_AFFAIRS))
    await office.follow(
        DIRECTIVES, event(registered("H10.21.3", "Phòng Nội vụ và Lao động"), "u-2", subject=HOME_AFFAIRS, key=HOME_AFFAIRS)
    )
    rows = await office.ledger.pool.fetch(QUERIES["list_units"])
    assert [tuple(row.values()) for row in rows] == [(HOME_AFFAIRS, "H10.21.3", "Phòng Nội vụ và Lao động")]


async def test_a_large_batch_gives_its_notices_positions_without_gaps(office: Office) -> None:
    events = [event(approaching(coordinating=(OFFICE, FINANCE)), f"a-{number}") for number in range(2_000)]
    await office.follow(DEADLINES, *events)
    rows = await office.ledger.pool.fetch(QUERIES["list_notices"])
    assert [row["position"] for row in rows] == list(range(1, 6_001))


async def test_an_acknowledgement_is_written_once_with_its_event_and_its_command_as_cause(office: Office) -> None:
    await office.follow(DIRECTIVES, ISSUED, ASSIGNED)
    notice = (await office.published())[0][0].notice
    first = await acknowledge(
        office.ledger, 0, AcknowledgeNotice(notice, HOME_AFFAIRS, DIRECTIVE, "Nguyễn Văn A", AT, "account:a", "192.0.2.7")
    )
    second = await acknowledge(office.ledger, 0, AcknowledgeNotice(notice, HOME_AFFAIRS, DIRECTIVE, "Trần Thị B", AT, "account:b", None))
    assert first == second
    data, cause = (await office.published())[-1]
    assert (data.notice, data.recipient, data.directive, data.acknowledged_by) == (notice, HOME_AFFAIRS, DIRECTIVE, "Nguyễn Văn A")
    assert cause.startswith("command/")
    assert len(await office.published()) == 3


async def test_directives_in_one_partition_do_not_learn_from_each_other(office: Office) -> None:
    other = derived(1)
    await office.follow(DIRECTIVES, event(issued(FINANCE), "d-2", subject=other, key=other))
    await office.follow(DEADLINES, MISSED)
    assert [unit for _, unit, _ in await told(office)] == [HOME_AFFAIRS]
