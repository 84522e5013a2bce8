"""The table at the end: every task with its unit, last good day, status, and how many notices were sent and read."""

import unicodedata
from collections.abc import Iterable, Sequence

from deploy.demo import texts
from deploy.demo.evidence import Evidence, Json
from deploy.demo.topics import NOTICES
from shared.contracts.notifications import NoticeAcknowledged, NoticeIssued

CONTENT, UNIT = 28, 22
"""Signs of a task and of a unit's name; the whole keeps to a hundred."""

Cells = tuple[str, ...]


def draw_table(evidence: Evidence) -> list[str]:
    """Return the lines of the table."""
    header = (texts.TASK, texts.UNIT, texts.LAST_DAY, texts.STATUS, texts.NOTICES)
    rows = [_row(task, evidence) for task in sorted(evidence.tasks, key=lambda task: str(task["number"]))]
    others = _count(evidence, {None})
    rows += [(texts.CONFERENCE_NOTICES, "", "", "", others)] if others != "0/0" else []
    total = (texts.ALL_NOTICES, "", "", "", _count(evidence, None))
    return _draw([header, *rows, total])


def _row(task: Json, evidence: Evidence) -> Cells:
    unit = task["lead"]["short_name"] or task["lead"]["name"]
    title = f"{task['number']}  {task['content']}"
    return (
        texts.cut(title, CONTENT),
        texts.cut(unit, UNIT),
        texts.last_day_of(task),
        texts.status_of(task),
        _count(evidence, {task["id"]}),
    )


def _count(evidence: Evidence, tasks: set[str] | set[None] | None) -> str:
    """Return how many notices about tasks (all where there is no choice) went into inboxes, and how many were read."""
    events = [record.event.data for record in evidence.of(NOTICES)]
    told = [data for data in events if isinstance(data, NoticeIssued) and data.channel == "inbox"]
    issued = {data.notice for data in told if tasks is None or (str(data.task) if data.task else None) in tasks}
    read = {data.notice for data in events if isinstance(data, NoticeAcknowledged)} & issued
    return f"{len(issued)}/{len(read)}"


def _draw(rows: Sequence[Cells]) -> list[str]:
    plain = [tuple(unicodedata.normalize("NFC", cell) for cell in row) for row in rows]
    widths = [max(map(len, column)) for column in zip(*plain, strict=True)]
    rule = "─┼─".join("─" * width for width in widths)
    lines = [_join(row, widths) for row in plain]
    return [lines[0], rule, *lines[1:-1], rule, lines[-1]]


def _join(row: Cells, widths: Iterable[int]) -> str:
    return " │ ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
