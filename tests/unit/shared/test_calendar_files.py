from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar

from shared.calendar_files import OPEN_END_VI, Conference, Method, Party, calendar_file

URL = "https://dondoc.example.vn"
ID = UUID("6f1d9d5a-52f4-5b60-8f61-0c5b1f3a0001")
HANOI = timezone(timedelta(hours=7))
OFFICE = Party("Văn phòng UBND thị xã", f"{URL}/units/H10.21.3")
STARTS = datetime(2021, 4, 26, 8, tzinfo=HANOI)
STAMPED = datetime(2021, 4, 20, 1, 2, 3, tzinfo=UTC)
CONFERENCE = Conference(
    ID, "Hội nghị công bố chỉ số cải cách hành chính", STARTS, STARTS + timedelta(hours=3), "Hội trường A", OFFICE, 4, STAMPED
)
TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=300).filter(str.strip)
INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1), timezones=st.sampled_from([UTC, HANOI])).map(  # noqa: DTZ001
    lambda moment: moment.replace(microsecond=0)
)


def _read(content: bytes) -> tuple[Any, Any]:
    calendar = Calendar.from_ical(content)
    (event,) = calendar.walk("VEVENT")
    return calendar, event


def _with(**changed: object) -> Conference:
    return Conference(**{name: getattr(CONFERENCE, name) for name in CONFERENCE.__slots__} | changed)


def test_a_conference_is_published_with_its_time_place_and_a_name_of_its_own() -> None:
    calendar, event = _read(calendar_file(CONFERENCE, "publish", URL))
    assert (calendar["METHOD"], calendar["VERSION"]) == ("PUBLISH", "2.0")
    assert event["UID"] == f"{ID}@dondoc.example.vn"
    assert (event["SEQUENCE"], event["STATUS"], event["LOCATION"]) == (4, "CONFIRMED", "Hội trường A")
    assert event.decoded("DTSTART") == datetime(2021, 4, 26, 1, tzinfo=UTC)
    assert event.decoded("DTEND") == datetime(2021, 4, 26, 4, tzinfo=UTC)
    assert event["ORGANIZER"].params["CN"] == OFFICE.name


def test_an_open_end_counts_as_two_hours_and_the_file_says_so() -> None:
    _, event = _read(calendar_file(_with(ends_at=None), "publish", URL))
    assert event.decoded("DTEND") - event.decoded("DTSTART") == timedelta(hours=2)
    assert event["DESCRIPTION"] == OPEN_END_VI


def test_an_invitation_names_who_is_invited_and_wants_no_answer_by_mail() -> None:
    invited = [Party("Phòng Nội vụ", "mailto:noivu@example.vn"), Party("Phòng Tài chính", "mailto:taichinh@example.vn")]
    calendar, event = _read(calendar_file(CONFERENCE, "request", URL, invited))
    assert calendar["METHOD"] == "REQUEST"
    assert [str(each) for each in event["ATTENDEE"]] == ["mailto:noivu@example.vn", "mailto:taichinh@example.vn"]
    assert {each.params["RSVP"] for each in event["ATTENDEE"]} == {"FALSE"}


def test_a_cancellation_has_the_same_name_and_the_state_cancelled() -> None:
    calendar, event = _read(calendar_file(_with(sequence=9), "cancel", URL))
    assert (calendar["METHOD"], event["STATUS"], event["SEQUENCE"]) == ("CANCEL", "CANCELLED", 9)
    assert event["UID"] == f"{ID}@dondoc.example.vn"


def test_a_cancelled_conference_is_published_as_cancelled() -> None:
    _, event = _read(calendar_file(_with(is_cancelled=True), "publish", URL))
    assert event["STATUS"] == "CANCELLED"


def test_a_name_can_put_no_line_into_the_file() -> None:
    evil = 'A"\r\nATTENDEE:mailto:evil@example.vn'
    content = calendar_file(_with(title=evil, place=evil, organizer=Party(evil, OFFICE.address)), "publish", URL)
    assert b"\r\nATTENDEE" not in content
    _, event = _read(content)
    assert "ATTENDEE" not in event


@given(
    title=TEXTS,
    place=TEXTS,
    starts=INSTANTS,
    hours=st.none() | st.integers(0, 400),
    method=st.sampled_from(["publish", "request", "cancel"]),
)
def test_what_is_written_is_read_again(title: str, place: str, starts: datetime, hours: int | None, method: Method) -> None:
    ends = None if hours is None else starts + timedelta(hours=hours)
    content = calendar_file(_with(title=title, place=place, starts_at=starts, ends_at=ends), method, URL, [OFFICE])
    _, event = _read(content)
    assert (str(event["SUMMARY"]), str(event["LOCATION"])) == (title, place)
    assert event.decoded("DTSTART") == starts
    assert event.decoded("DTEND") == (ends or starts + timedelta(hours=2))
    assert all(len(line) <= 75 for line in content.split(b"\r\n"))
