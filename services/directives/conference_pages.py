"""The calendar of conferences: a month as a grid and as a list, live, and each conference as a file for calendars."""

from calendar import Calendar
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from typing import Annotated, Any, NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from fastapi import APIRouter, Query, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, ConfigDict, Field, field_validator

from services.directives.api import OpenReader, Reader
from services.directives.domain.status import OFFICE_ZONE
from services.directives.live import Changes
from services.directives.views import conferences, paper_models
from services.directives.views.questions import ConferenceQuestion, MomentPlace, place_of
from shared.calendar_files import MEDIA_TYPE, calendar_file
from shared.errors import NotFoundError
from shared.identity.principals import Sight
from shared.web.access import Seen
from shared.web.headers import SECURE
from shared.web.pages import Pages, squeezed

PAGE = 30
"""Conferences of one page: what keeps it small."""
DAYS_OF_WEEKS = Calendar()
HALF_A_YEAR = timedelta(days=183)
FIRST_YEAR, LAST_YEAR = 1945, 2200


class Filter(BaseModel):
    """What is chosen on the page; it is the page's address. A month is written 2021-04, the present one where none is."""

    model_config = ConfigDict(frozen=True)
    month: Annotated[str, Field(pattern=r"^(\d{4}-(0[1-9]|1[0-2]))?$")] = ""
    unit: Annotated[str, Field(max_length=60)] = ""
    place: Annotated[str, Field(max_length=500)] = ""
    cursor: Annotated[str, Field(max_length=400)] = ""

    @field_validator("month")
    @classmethod
    def _is_of_our_time(cls, month: str) -> str:
        if month and not FIRST_YEAR <= int(month[:4]) <= LAST_YEAR:
            raise ValueError("the year is none of a conference")
        return month

    @field_validator("cursor")
    @classmethod
    def _is_ours(cls, cursor: str) -> str:
        place_of(cursor or None, MomentPlace)
        return cursor

    def address(self, **changed: str | None) -> str:
        """Return the address of the page with some choices changed; a page further on is left unless it is named."""
        chosen = {**self.model_dump(), "cursor": "", **changed}
        return "/conferences?" + urlencode({name: value for name, value in chosen.items() if value})


class Month(NamedTuple):
    """A month by its first day, with the first days of those around it."""

    first: date

    @property
    def name(self) -> str:
        """Return the month as addresses have it: 2021-04."""
        return f"{self.first:%Y-%m}"

    @property
    def before(self) -> "Month":
        """Return the month before."""
        return Month((self.first - timedelta(days=1)).replace(day=1))

    @property
    def after(self) -> "Month":
        """Return the month after."""
        return Month((self.first + timedelta(days=31)).replace(day=1))

    @property
    def span(self) -> tuple[datetime, datetime]:
        """Return when it begins and ends in Vietnam."""
        return _midnight(self.first), _midnight(self.after.first)

    @property
    def around(self) -> tuple[datetime, datetime]:
        """Return half a year before and after it: what can be chosen while one goes from month to month."""
        return _midnight(self.first - HALF_A_YEAR), _midnight(self.after.first + HALF_A_YEAR)


class Entry(NamedTuple):
    """A conference as the page shows it, with its hours in Vietnam and the tasks that it serves."""

    conference: paper_models.Conference
    starts: datetime
    ends: datetime | None
    served: Sequence[conferences.Served]

    def is_on(self, day: date) -> bool:
        """Tell whether it goes on on a day; one that ends at midnight does not reach the day that begins then."""
        last = self.ends - timedelta(microseconds=1) if self.ends else self.starts
        return self.starts.date() <= day <= last.date()


class Desk(NamedTuple):
    """What the pages work with; `public_url` is how calendars name this installation."""

    reader: OpenReader
    changes: Callable[[], Changes]
    public_url: str


Chosen = Annotated[Filter, Query()]


def build_conference_pages(desk: Desk) -> APIRouter:
    """Return the routes of the pages."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    pages = Pages("services.directives")

    @router.get("/conferences")
    async def show(sight: Seen, chosen: Chosen) -> HTMLResponse:
        return squeezed(pages.answer("conferences.html", **await _show(desk, chosen, sight)))

    @router.get("/conferences/content")
    async def show_content(sight: Seen, chosen: Chosen) -> HTMLResponse:
        return squeezed(pages.answer("_conferences.html", **await _show(desk, chosen, sight)))

    @router.get("/conferences/{conference}/calendar.ics")
    async def download(sight: Seen, conference: UUID) -> Response:
        return await _download(desk, pages, conference, sight)

    return router


async def _show(desk: Desk, chosen: Filter, sight: Sight) -> dict[str, Any]:
    reader, mark = desk.reader(), await desk.changes().read_mark()
    at = await reader.clock()
    today = at.astimezone(OFFICE_ZONE).date()
    month = Month(date.fromisoformat(f"{chosen.month}-01") if chosen.month else today.replace(day=1))
    page, entries = await _read_month(reader, chosen, month, at, sight)
    days = sorted({max(each.starts.date(), month.first) for each in entries})
    return {
        "chosen": chosen.model_copy(update={"month": month.name}),
        "month": month,
        "months": await _months_around(reader, month, sight),
        "choices": await conferences.read_choices(reader.pool, *month.around, sight),
        "weeks": DAYS_OF_WEEKS.monthdatescalendar(month.first.year, month.first.month),
        "entries": entries,
        "agenda": [(day, [each for each in entries if max(each.starts.date(), month.first) == day]) for day in days],
        "next": page.next,
        "zone": OFFICE_ZONE,
        "today": today,
        "at": at,
        "mark": mark,
    }


async def _read_month(reader: Reader, chosen: Filter, month: Month, at: datetime, sight: Sight) -> tuple[conferences.Page, list[Entry]]:
    since, until = month.span
    question = ConferenceQuestion.model_validate(
        {
            "from": since,
            "to": until,
            "unit": chosen.unit or None,
            "place": chosen.place or None,
            "limit": PAGE,
            "cursor": chosen.cursor or None,
        }
    )
    page = await conferences.list_conferences(reader.pool, question, at, sight)
    served = await conferences.read_served(reader.pool, [each.id for each in page.items], sight)
    return page, [_entry(each, served.get(each.id, ())) for each in page.items]


def _entry(conference: paper_models.Conference, served: Sequence[conferences.Served]) -> Entry:
    ends = conference.ends_at.astimezone(OFFICE_ZONE) if conference.ends_at else None
    return Entry(conference, conference.starts_at.astimezone(OFFICE_ZONE), ends, served)


async def _months_around(reader: Reader, month: Month, sight: Sight) -> list[Month]:
    """Return the months to choose from: those that have conferences, the shown one and its neighbours."""
    known = {Month(date.fromisoformat(f"{name}-01")) for name in await conferences.read_months(reader.pool, sight)}
    return sorted(known | {month, month.before, month.after})


async def _download(desk: Desk, pages: Pages, conference: UUID, sight: Sight) -> Response:
    reader = desk.reader()
    try:
        entry = await conferences.read_calendar_entry(reader.pool, conference, desk.public_url, await reader.clock(), sight)
    except NotFoundError:
        return pages.refuse(404, "not-found", "there is no such conference")
    headers = {
        **SECURE,
        "Cache-Control": "private, no-cache",
        "Content-Disposition": f'attachment; filename="hoi-nghi-{entry.starts_at.astimezone(OFFICE_ZONE):%Y-%m-%d}.ics"',
    }
    return Response(calendar_file(entry, "publish", desk.public_url), media_type=f"{MEDIA_TYPE}; method=PUBLISH", headers=headers)


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time(), OFFICE_ZONE)
