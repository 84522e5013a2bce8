"""What stands against a conference, and what a calendar is told of it, on real tables."""

from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import msgspec
import pytest

from services.directives.views.conferences import list_conferences, read_calendar_entry, read_choices
from services.directives.views.overviews import read_overview
from services.directives.views.paper_models import Conference
from services.directives.views.papers import read_timeline
from services.directives.views.questions import ConferenceQuestion, TimelineQuestion
from services.directives.views.task_files import read_task_file
from shared.contracts.voiding import FactVoided
from shared.contracts.work import ConferenceCancelled, ConferenceHeld, ConferenceRescheduled, ConferenceScheduled
from shared.errors import NotFoundError
from shared.identity.principals import EVERYTHING, Sight
from shared.postgres import Pool
from tests.support.april import (
    CALENDAR_TASK,
    COMMITTEE,
    CONFERENCE,
    CONFERENCE_TASK,
    DIRECTIVE,
    HOLD,
    HOME_AFFAIRS,
    OFFICE,
    TASKS,
    Journal,
    at_risk,
    hanoi,
    met,
    named,
    scheduled,
)
from tests.support.read_model import know, opened_read_model

OTHER, URL = named("other conference"), "https://dondoc.example.vn"
NOW = hanoi(20, month=6)


@dataclass
class Office:
    """A town's office whose letter asks for a conference in April."""

    pool: Pool
    journal: Journal = field(default_factory=Journal)

    def __post_init__(self) -> None:
        self.journal.open_office(hanoi(1))
        self.journal.issue(hanoi(5))

    async def shown(self, sight: Sight = EVERYTHING, **asked: object) -> dict[UUID, Conference]:
        """Return the conferences of the calendar."""
        await know(self.pool, self.journal, NOW)
        page = await list_conferences(self.pool, ConferenceQuestion.model_validate(asked), NOW, sight)
        return {each.id: each for each in page.items}

    async def outside(self, conference: UUID = CONFERENCE) -> list[str | None]:
        """Return why a conference does not keep the deadlines of its tasks."""
        return [each.outside for each in (await self.shown())[conference].window]


@pytest.fixture
async def office(database: str) -> AsyncIterator[Office]:
    async with opened_read_model(database) as pool:
        yield Office(pool)


def meeting(at: datetime, *tasks: UUID, ends_at: datetime | None = None, place: str = "Phòng họp") -> ConferenceScheduled:
    """Return a conference at an instant."""
    return msgspec.structs.replace(scheduled(), tasks=tasks or (CONFERENCE_TASK,), starts_at=at, ends_at=ends_at, place=place)


async def test_a_conference_within_its_time_has_a_window_and_nothing_against_it(office: Office) -> None:
    office.journal.register(CONFERENCE, scheduled(), hanoi(12))
    (window,) = (await office.shown())[CONFERENCE].window
    assert (window.task, window.phrase, window.last_good_day.isoformat()) == (CONFERENCE_TASK, HOLD.phrase, "2021-04-30")
    assert window.outside is None


async def test_what_the_deadlines_service_finds_outside_is_outside_until_it_is_moved(office: Office) -> None:
    early = hanoi(29, month=3)
    office.journal.register(CONFERENCE, meeting(early), hanoi(12))
    office.journal.say(at_risk(CONFERENCE_TASK, HOLD, "conference-outside-window", early), hanoi(12))
    assert await office.outside() == ["conference-outside-window"]
    office.journal.register(CONFERENCE, ConferenceRescheduled(rescheduled_by=OFFICE, starts_at=hanoi(28)), hanoi(13))
    lifted = at_risk(CONFERENCE_TASK, HOLD, "conference-outside-window", early)
    office.journal.say(msgspec.structs.replace(lifted, is_lifted=True), hanoi(13))
    assert await office.outside() == [None]


async def test_a_conference_after_the_deadline_is_outside_unless_another_one_comes_before(office: Office) -> None:
    office.journal.register(CONFERENCE, meeting(hanoi(10, month=5)), hanoi(3, month=5))
    assert await office.outside() == ["conference-after-due"]
    office.journal.register(OTHER, meeting(hanoi(28)), hanoi(4, month=5))
    assert await office.outside() == [None]
    office.journal.register(OTHER, ConferenceCancelled(cancelled_by=OFFICE, reason="bận"), hanoi(5, month=5))
    assert await office.outside() == ["conference-after-due"]
    assert await office.outside(OTHER) == [None]


async def test_a_conference_that_was_held_counts_by_when_it_was_held(office: Office) -> None:
    office.journal.register(CONFERENCE, meeting(hanoi(28)), hanoi(12))
    office.journal.register(CONFERENCE, ConferenceHeld(held_at=hanoi(3, month=5), reported_by=OFFICE), hanoi(4, month=5))
    assert await office.outside() == ["conference-after-due"]
    office.journal.say(met(CONFERENCE_TASK, HOLD, hanoi(29), on_time=True), hanoi(4, month=5))
    assert await office.outside() == [None]


async def test_clashes_reach_beyond_the_page_and_end_with_a_cancellation(office: Office) -> None:
    office.journal.register(CONFERENCE, meeting(hanoi(28, 8), ends_at=hanoi(28, 11)), hanoi(12))
    office.journal.register(OTHER, meeting(hanoi(28, 10), CALENDAR_TASK, place="phòng  HỌP."), hanoi(12))
    (clash, *_) = (await office.shown(limit=1))[CONFERENCE].clashes
    assert (clash.conference, clash.kind, clash.starts_at) == (OTHER, "place", hanoi(28, 10))
    assert {each.kind for each in (await office.shown())[OTHER].clashes} == {"place", "unit"}
    office.journal.register(OTHER, ConferenceCancelled(cancelled_by=OFFICE, reason="bận"), hanoi(13))
    assert [each.clashes for each in (await office.shown()).values()] == [[], []]


async def test_who_leads_the_conference_takes_part_and_who_only_sets_its_date_does_not(office: Office) -> None:
    first = msgspec.structs.replace(meeting(hanoi(28, 8), CALENDAR_TASK), participants=(), place="A")
    second = msgspec.structs.replace(meeting(hanoi(28, 8), CALENDAR_TASK), participants=(), place="B")
    office.journal.register(CONFERENCE, first, hanoi(12))
    office.journal.register(OTHER, second, hanoi(12))
    assert [each.clashes for each in (await office.shown()).values()] == [[], []]
    third = named("third")
    office.journal.register(third, msgspec.structs.replace(meeting(hanoi(28, 9)), participants=(), place="C"), hanoi(12))
    fourth = msgspec.structs.replace(meeting(hanoi(28, 9), CALENDAR_TASK), participants=(HOME_AFFAIRS,), place="D")
    office.journal.register(named("fourth"), fourth, hanoi(12))
    (clash,) = (await office.shown())[third].clashes
    assert (clash.conference, clash.kind, clash.unit and clash.unit.short_name) == (named("fourth"), "unit", "Phòng Nội vụ")


async def test_a_unit_is_told_of_clashes_and_windows_of_what_it_sees_alone(office: Office) -> None:
    hidden = msgspec.structs.replace(meeting(hanoi(28, 8), CALENDAR_TASK, place="A"), participants=(COMMITTEE,), scheduled_by=COMMITTEE)
    office.journal.register(CONFERENCE, meeting(hanoi(28, 8), CONFERENCE_TASK, CALENDAR_TASK, place="A"), hanoi(12))
    office.journal.register(OTHER, hidden, hanoi(12))
    shown = await office.shown(Sight(HOME_AFFAIRS))
    assert list(shown) == [CONFERENCE]
    assert (shown[CONFERENCE].clashes, shown[CONFERENCE].tasks) == ([], [CONFERENCE_TASK])
    everything = await office.shown()
    assert [each.kind for each in everything[CONFERENCE].clashes] == ["place"]
    committee = (await office.shown(Sight(COMMITTEE)))[OTHER]
    assert (committee.window, committee.clashes) == ([], [])


async def test_a_unit_is_not_told_which_units_lead_tasks_out_of_its_sight(office: Office) -> None:
    hidden = msgspec.structs.replace(TASKS[CALENDAR_TASK], deliverable="conference")
    office.journal.register(named("hidden task"), hidden, hanoi(11))
    own = msgspec.structs.replace(meeting(hanoi(28, 8), CONFERENCE_TASK, named("hidden task")), scheduled_by=HOME_AFFAIRS, participants=())
    invited = msgspec.structs.replace(meeting(hanoi(28, 9), CALENDAR_TASK, place="B"), participants=(HOME_AFFAIRS, OFFICE))
    office.journal.register(CONFERENCE, own, hanoi(12))
    office.journal.register(OTHER, invited, hanoi(12))
    for sight, found, clashing in (
        (EVERYTHING, {CONFERENCE, OTHER}, {HOME_AFFAIRS, OFFICE}),
        (Sight(HOME_AFFAIRS), {OTHER}, {HOME_AFFAIRS}),
    ):
        assert set(await office.shown(sight, unit="H10.21.1")) == found, sight
        clashes = (await office.shown(sight))[OTHER].clashes
        assert {clash.unit.id for clash in clashes if clash.unit} == clashing, sight


async def test_the_units_to_choose_from_are_no_leads_of_tasks_out_of_sight(office: Office) -> None:
    own = msgspec.structs.replace(scheduled(), scheduled_by=HOME_AFFAIRS)
    office.journal.register(CONFERENCE, own, hanoi(12))
    await know(office.pool, office.journal, NOW)
    for sight, codes in ((EVERYTHING, ["H10.21.1", "H10.21.3"]), (Sight(HOME_AFFAIRS), ["H10.21.3"])):
        choices = await read_choices(office.pool, hanoi(1), hanoi(30), sight)
        assert [code for code, _ in choices.units] == codes, sight


async def test_a_timeline_names_of_a_conferences_tasks_those_in_sight(office: Office) -> None:
    office.journal.register(CONFERENCE, scheduled(), hanoi(12))
    await know(office.pool, office.journal, NOW)
    both = [str(CONFERENCE_TASK), str(CALENDAR_TASK)]
    for sight, seen in ((EVERYTHING, both), (Sight(HOME_AFFAIRS), both[:1]), (Sight(OFFICE), both[1:])):
        timeline = await read_timeline(office.pool, DIRECTIVE, TimelineQuestion(), sight)
        newest = (await read_overview(office.pool, NOW, sight)).newest
        file = await read_task_file(office.pool, UUID(seen[0]), NOW, sight)
        for entries in (timeline.items, [each.entry for each in newest], file.happenings):
            assert [entry.data["tasks"] for entry in entries if "tasks" in entry.data] == [seen], sight


@pytest.mark.parametrize(("place", "count"), [("hội trường  THỊ XÃ.", 1), ("Hội trường", 0), ("", 0)])
async def test_a_place_is_found_by_its_whole_name(office: Office, place: str, count: int) -> None:
    office.journal.register(CONFERENCE, scheduled(), hanoi(12))
    assert len(await office.shown(place=place)) == count


async def test_the_sequence_of_a_calendar_entry_grows_with_every_fact_and_with_what_is_voided(office: Office) -> None:
    seen = []
    office.journal.register(CONFERENCE, scheduled(), hanoi(12))
    moved = office.journal.register(CONFERENCE, ConferenceRescheduled(rescheduled_by=OFFICE, starts_at=hanoi(29)), hanoi(13))
    for step in range(3):
        if step == 1:
            version = msgspec.json.decode(moved.value or b"")["version"]
            office.journal.register(DIRECTIVE, FactVoided(version=version, reason="ghi nhầm"), hanoi(14))
        if step == 2:
            office.journal.register(CONFERENCE, ConferenceCancelled(cancelled_by=OFFICE, reason="bận"), hanoi(15))
        await know(office.pool, office.journal, NOW)
        entry = await read_calendar_entry(office.pool, CONFERENCE, URL, NOW, EVERYTHING)
        seen.append((entry.sequence, entry.starts_at, entry.is_cancelled))
    assert [each[0] for each in seen] == sorted({each[0] for each in seen})
    assert [each[1:] for each in seen] == [(hanoi(29), False), (hanoi(27, 8), False), (hanoi(27, 8), True)]


async def test_a_calendar_entry_is_there_for_whoever_sees_the_conference(office: Office) -> None:
    office.journal.register(CONFERENCE, scheduled(), hanoi(12))
    await know(office.pool, office.journal, NOW)
    entry = await read_calendar_entry(office.pool, CONFERENCE, URL, NOW, Sight(HOME_AFFAIRS))
    assert entry.organizer.address == f"{URL}/units/H10.21.1"
    assert entry.page == f"{URL}/conferences?month=2021-04#conference-{CONFERENCE}"
    with pytest.raises(NotFoundError):
        await read_calendar_entry(office.pool, CONFERENCE, URL, NOW, Sight(COMMITTEE))
