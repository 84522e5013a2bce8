"""A notice as a mail message."""

from datetime import UTC, datetime
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage
from uuid import UUID

import icalendar
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.notifications.delivering.channel import Message, Notice, Unit
from services.notifications.mail.composing import Composer, From
from services.notifications.mail.headers import LINE, one_line
from shared.contracts.notifications import Invitation

NOTICE, EARLIER, OLDEST, CONTACT, DELIVERY, TASK, DIRECTIVE, CONFERENCE = (UUID(int=number) for number in range(1, 9))
AT = datetime(2026, 4, 12, 1, 30, tzinfo=UTC)
SENDER = From("don-doc@huyen.example.gov.vn", "Đôn Đốc huyện")
COMPOSER = Composer(SENDER, "https://dondoc.example.gov.vn")
INVITATION = Invitation(
    conference=CONFERENCE, method="request", sequence=4, title="Công bố chỉ số", starts_at=datetime(2026, 4, 28, 1, 0, tzinfo=UTC),
    place="Hội trường tầng 2",
)  # fmt: skip


def message(
    *, title: str = "Quá hạn: nhiệm vụ số 1.a", body: str = "Dòng một.\nDòng hai.", name: str = "Phòng Nội vụ", task: UUID | None = TASK,
    corrects: UUID | None = None, earlier: tuple[UUID, ...] = (), invitation: Invitation | None = None,
) -> Message:  # fmt: skip
    notice = Notice(NOTICE, "deadline-missed", title, body, DIRECTIVE, task, "m-1", AT, corrects, None, invitation)
    return Message(DELIVERY, 1, CONTACT, "vanthu@phuoclong.example.gov.vn", None, Unit(UUID(int=20), "H10.21.3", name), notice, earlier)


def composed(made: Message) -> EmailMessage:
    mail = message_from_bytes(COMPOSER.compose(made, AT), policy=policy.default)
    assert isinstance(mail, EmailMessage)
    return mail


def part(mail: EmailMessage, kind: str) -> str:
    [found] = [each for each in mail.walk() if each.get_content_type() == kind and not each.is_attachment()]
    return str(found.get_content())


def recipient_of(raw: bytes) -> str:
    """Return To as RFC 2047 has it read; `email.policy.default` puts a blank between encoded words of a name, which belongs to none."""
    return str(make_header(decode_header("".join(message_from_bytes(raw)["To"].splitlines()))))


def test_it_says_from_whom_to_whom_and_what_about() -> None:
    mail = composed(message())
    assert (mail["From"], mail["To"]) == ("Đôn Đốc huyện <don-doc@huyen.example.gov.vn>", "Phòng Nội vụ <vanthu@phuoclong.example.gov.vn>")
    assert (mail["Subject"], mail["Date"]) == ("Quá hạn: nhiệm vụ số 1.a", "Sun, 12 Apr 2026 01:30:00 +0000")
    assert mail["Message-ID"] == f"<{NOTICE}@huyen.example.gov.vn>"
    assert mail["In-Reply-To"] is None


def test_machines_see_that_a_machine_sent_it_and_can_sort_it() -> None:
    mail = composed(message())
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["List-Id"] == "<notices.huyen.example.gov.vn>"
    assert (mail["X-Dondoc-Rule"], mail["X-Dondoc-Directive"], mail["X-Dondoc-Task"]) == ("deadline-missed", str(DIRECTIVE), str(TASK))


@pytest.mark.parametrize(
    ("corrects", "earlier", "references"),
    [
        (None, (OLDEST, EARLIER), [OLDEST, EARLIER]),
        (EARLIER, (OLDEST, EARLIER), [OLDEST, EARLIER]),
        (OLDEST, (OLDEST, EARLIER), [EARLIER, OLDEST]),
        (OLDEST, (), [OLDEST]),
    ],
)
def test_it_refers_to_what_came_before_and_answers_what_it_corrects(
    corrects: UUID | None, earlier: tuple[UUID, ...], references: list[UUID]
) -> None:
    mail = composed(message(corrects=corrects, earlier=earlier))
    assert str(mail["References"]).split() == [f"<{each}@huyen.example.gov.vn>" for each in references]
    assert mail["In-Reply-To"] == f"<{references[-1]}@huyen.example.gov.vn>"


def test_text_and_html_say_the_same_and_lead_to_the_pages() -> None:
    mail = composed(message())
    for kind in ("text/plain", "text/html"):
        said = part(mail, kind)
        for words in (
            "Kính gửi: Phòng Nội vụ", "Quá hạn: nhiệm vụ số 1.a", "Dòng một.", "Dòng hai.", f"https://dondoc.example.gov.vn/tasks/{TASK}",
            "https://dondoc.example.gov.vn/units/H10.21.3/inbox", str(NOTICE), "8 giờ 30 ngày 12/4/2026",
        ):  # fmt: skip
            assert words in said, (kind, words)


def test_a_notice_of_no_task_leads_to_the_directive() -> None:
    mail = composed(message(task=None))
    assert f"https://dondoc.example.gov.vn/directives/{DIRECTIVE}" in part(mail, "text/plain")
    assert mail["X-Dondoc-Task"] is None


@pytest.mark.parametrize("task", [TASK, None])
def test_an_invitation_leads_to_the_calendar_which_everybody_who_is_invited_sees(task: UUID | None) -> None:
    mail = composed(message(task=task, invitation=INVITATION))
    page = f"https://dondoc.example.gov.vn/conferences?month=2026-04#conference-{CONFERENCE}"
    for kind in ("text/plain", "text/html"):
        said = part(mail, kind)
        assert page in said, kind
        assert "/tasks/" not in said, kind
        assert "/directives/" not in said, kind


def test_markup_in_a_notice_is_text() -> None:
    mail = composed(message(body="<script>alert(1)</script> & <b>đậm</b>", title="<i>x</i>", name='A "B" <c>'))
    assert "<script>" not in part(mail, "text/html")
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; &lt;b&gt;đậm&lt;/b&gt;" in part(mail, "text/html")
    assert "<script>alert(1)</script> & <b>đậm</b>" in part(mail, "text/plain")


def test_nothing_is_loaded_from_elsewhere() -> None:
    html = part(composed(message()), "text/html")
    assert "<img" not in html
    assert "<link" not in html
    assert "url(" not in html


@pytest.mark.parametrize("method", ["request", "cancel"])
def test_an_invitation_is_a_part_that_calendars_act_on_and_a_file_for_people(method: str) -> None:
    invitation = Invitation(**{**{name: getattr(INVITATION, name) for name in INVITATION.__struct_fields__}, "method": method})
    mail = composed(message(invitation=invitation))
    parts = [each for each in mail.walk() if each.get_content_type() == "text/calendar"]
    assert [each.get_param("method") for each in parts] == [method.upper()] * 2
    assert [each.get_filename() for each in parts] == [None, "hoi-nghi.ics"]
    for each in parts:
        calendar = icalendar.Calendar.from_ical(each.get_payload(decode=True))  # type: ignore[arg-type]
        [event] = calendar.walk("VEVENT")
        assert (calendar["METHOD"], event["SEQUENCE"], event["SUMMARY"]) == (method.upper(), 4, "Công bố chỉ số")
        assert event["UID"] == f"{CONFERENCE}@dondoc.example.gov.vn"
        assert event["STATUS"] == ("CANCELLED" if method == "cancel" else "CONFIRMED")
        assert event["ATTENDEE"] == "mailto:vanthu@phuoclong.example.gov.vn"
    assert mail.get_content_type() == "multipart/mixed"


def test_without_an_invitation_there_is_no_calendar() -> None:
    assert composed(message()).get_content_type() == "multipart/alternative"


@pytest.mark.parametrize(
    "title", ["x\r\nBcc: a@b.vn", "x\nBcc: a@b.vn", "x\rBcc: a@b.vn", "x\x85Bcc: a@b.vn", "x\u2028Bcc: a@b.vn", "x\0y"]
)
def test_no_header_begins_another_one(title: str) -> None:
    raw = COMPOSER.compose(message(title=title, name=title), AT)
    mail = composed(message(title=title, name=title))
    assert mail["Bcc"] is None
    assert b"\nBcc:" not in raw.partition(b"\r\n\r\n")[0]
    assert mail["Subject"] == one_line(title)


@pytest.mark.parametrize(
    "title",
    [
        "=?utf-8?q?x=0D=0ABcc:_a@b.vn?=", "=?utf-8?b?eA0KQmNjOiBhQGIudm4=?=", "Họp =?utf-8?q?x=0ABcc:_a@b.vn?= gấp",
        "=?utf-8?q?=3D?= =?utf-8?q?x=0D=0A=0D=0AKính_gửi?=", "==??utf-8?q?x=0D=0ABcc:_a@b.vn?=",
    ],
)  # fmt: skip
def test_no_text_passes_for_an_encoded_word_that_hides_another_header(title: str) -> None:
    raw = COMPOSER.compose(message(title=title, name=title), AT)
    head = raw.partition(b"\r\n\r\n")[0]
    assert b"\nBcc:" not in head
    assert b"\nX-Dondoc-Task: " in head
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["Subject"] == title
    assert recipient_of(raw) == f"{title} <vanthu@phuoclong.example.gov.vn>"


WORDS = "Quá hạn báo cáo kết quả thực hiện kế hoạch hội nghị công bố chỉ số năm 2021 (lần 2), chính: UBND-VX_gửi 12/QĐ-UBND"


@settings(deadline=None)  # the first one of a process reads the templates
@given(st.lists(st.sampled_from(WORDS.split()), min_size=1, max_size=60))
def test_no_blank_of_a_long_title_is_lost_or_added_where_it_is_folded(words: list[str]) -> None:
    title = " ".join(words)
    raw = COMPOSER.compose(message(title=title, name=title), AT)
    mail = message_from_bytes(raw, policy=policy.default)
    assert mail["Subject"] == title
    assert recipient_of(raw) == f"{title} <vanthu@phuoclong.example.gov.vn>"
    assert max(len(line) for line in raw.partition(b"\r\n\r\n")[0].split(b"\r\n") if b"=?" in line) <= LINE


@settings(deadline=None)
@given(st.text(max_size=300), st.text(max_size=300), st.text(max_size=2_000))
def test_any_words_make_a_message_that_reads_the_same(title: str, name: str, body: str) -> None:
    title, name, body = (each.encode("utf-8", "replace").decode() for each in (title, name, body))
    raw = COMPOSER.compose(message(title=title or "x", name=name or "x", body=body or "x"), AT)
    mail = message_from_bytes(raw, policy=policy.default)
    assert set(mail.keys()) == {
        "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "List-Id", "X-Dondoc-Rule", "X-Dondoc-Directive", "X-Dondoc-Task",
        "MIME-Version", "Content-Type",
    }  # fmt: skip
    assert mail["Subject"] == one_line(title or "x")
    assert mail["To"].addresses[0].addr_spec == "vanthu@phuoclong.example.gov.vn"
    assert len(mail["To"].addresses) == 1
    assert raw.isascii()
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    assert b"\n" not in raw.replace(b"\r\n", b"")
