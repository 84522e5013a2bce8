"""The end of what left the house: how many letters and webhooks, what about, and one of each as its reader gets it."""

import textwrap
from collections import Counter
from collections.abc import Iterator, Sequence
from email.header import decode_header, make_header
from email.message import EmailMessage, MIMEPart
from pathlib import Path

from deploy.demo.timeline import WIDTH
from deploy.local.mailbox import Caught, read_index, read_message
from deploy.local.receiver import Received, read_received

INDENT = "    "
TITLES = 10
HEADERS = ("From", "To", "Subject", "Message-ID")


def show_mail(folder: Path) -> list[str]:
    """Return the lines about mail: how much, its subjects, and one message whole, an invitation where there is one."""
    caught = read_index(folder)
    if not caught:
        return ["Không có thư nào được gửi."]
    boxes = {recipient for each in caught for recipient in each.recipients}
    lines = [f"Thư điện tử: máy chủ SMTP trên máy này đã nhận {len(caught)} thư gửi tới {len(boxes)} hộp thư, giữ tại {folder}"]
    lines += _counted([each.subject for each in caught])
    number, chosen = _choose(folder, caught)
    return [*lines, f"Toàn văn thư {caught[number].file}:", *(f"{INDENT}│ {line}".rstrip() for line in _whole(chosen))]


def _counted(titles: Sequence[str]) -> list[str]:
    """Return the lines of titles, each once, the first ones of many."""
    counts = Counter(titles)
    lines = [f"{INDENT}{title}{f' ({count} lần)' if count > 1 else ''}" for title, count in list(counts.items())[:TITLES]]
    return lines + ([f"{INDENT}và {len(counts) - TITLES} tiêu đề khác"] if len(counts) > TITLES else [])


def _choose(folder: Path, caught: Sequence[Caught]) -> tuple[int, EmailMessage]:
    """Return the newest message that a calendar comes with, else the first one."""
    for number in reversed(range(len(caught))):
        message = read_message(folder, caught[number])
        if _calendar(message):
            return number, message
    return 0, read_message(folder, caught[0])


def _calendar(message: EmailMessage) -> MIMEPart | None:
    parts = (part for part in message.walk() if part.get_content_type() == "text/calendar")
    found = next(parts, None)
    return found if isinstance(found, MIMEPart) else None


def _whole(message: EmailMessage) -> Iterator[str]:
    headers = dict(message.raw_items())
    for name in HEADERS:
        # Read by itself: the addresses of `email.policy.default` keep the blank between two encoded words, which RFC 2047, 6.2 drops.
        yield from _wrap(f"{name}: {make_header(decode_header(headers[name]))}")
    yield ""
    plain = message.get_body(("plain",))
    if plain is not None:
        yield from _folded(plain)
    calendar = _calendar(message)
    if calendar is not None:
        yield ""
        yield f"[{calendar.get_content_type()}, method={calendar.get_param('method')}]"
        yield from _folded(calendar)


def _folded(part: MIMEPart) -> Iterator[str]:
    content = part.get_content()
    text = content if isinstance(content, str) else bytes(content).decode()
    for line in text.strip().splitlines():
        yield from _wrap(line)


def _wrap(line: str) -> list[str]:
    return textwrap.wrap(line, WIDTH - len(INDENT) - 2, break_on_hyphens=False) or [""]


def show_webhooks(folder: Path) -> list[str]:
    """Return the lines about webhooks: how many, whether each signature was right, and what one said."""
    received = read_received(folder)
    if not received:
        return ["Không có webhook nào được gửi."]
    right = sum(each.is_verified for each in received)
    lines = [f"Webhook: nhận {len(received)} tin, chữ ký (Standard Webhooks, HMAC-SHA256) đúng {right}/{len(received)}"]
    lines += _counted([_title(each) for each in received])
    last = received[-1]
    return [*lines, f"{INDENT}tin cuối: webhook-id {last.id}, {'chữ ký đúng' if last.is_verified else 'CHỮ KÝ SAI: ' + last.why}"]


def _title(received: Received) -> str:
    data = (received.body or {}).get("data") or {}
    return str(data.get("title") or "?")
