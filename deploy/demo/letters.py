"""A letter as the intake reads it, shown to people: what it found, what it asks."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import msgspec

from deploy.demo import texts
from services.directives.intake.documents import Document, read_document
from services.directives.intake.matching import Matching, unregistered
from services.directives.intake.proposal import Proposal, propose
from shared.contracts.types import File
from shared.errors import ConfigurationError, RefusedError

Json = dict[str, Any]
BLANK = "(để trống)"
BYTES = 1024
TURNED_AWAY = "Văn bản có dấu chỉ độ mật: bí mật nhà nước không được đưa vào hệ thống này."
UNIT = 24
"""Signs of units' names in the list of tasks."""


class Letter(msgspec.Struct, frozen=True):
    """A file with its text."""

    file: File
    content: bytes
    document: Document

    def propose(self, answers: Mapping[str, Any] | None = None, match: Matching = unregistered) -> Proposal:
        """Return what the letter comes to; raises RefusedError for an answer that cannot be meant."""
        return propose(self.document.text, self.file, answers, match)


def open_letter(path: Path) -> Letter:
    """Read a letter; raises ConfigurationError where it cannot be opened, RefusedError where it cannot be read or is a secret."""
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be opened ({error.strerror}): name a letter that is there, or none") from error
    document = read_document(content)
    name = hashlib.sha256(content).hexdigest()
    letter = Letter(File(sha256=name, name=path.name, media_type=document.media_type, size=len(content)), content, document)
    if any(question.code == "state-secret" for question in letter.propose().questions):
        raise RefusedError("state-secret", f"{path} bears a mark of state secrets, which never enter this system", TURNED_AWAY)
    return letter


def shape_of(proposal: Proposal) -> Mapping[str, str]:
    """Return what the tasks of a letter are to bring, by their numbers."""
    return {task["number"]["value"]: task["deliverable"]["value"] for task in tasks_of(proposal)}


def tasks_of(proposal: Proposal) -> Sequence[Json]:
    """Return the tasks as they were read."""
    tasks: Sequence[Json] = msgspec.to_builtins(proposal.document["tasks"])
    return tasks


def show_reading(letter: Letter, proposal: Proposal) -> list[str]:
    """Return the lines about what was read."""
    fields = msgspec.to_builtins(proposal.document["fields"])
    size = f"{letter.file.size / BYTES:.1f} KiB"
    lines = [f"Hệ thống đọc {letter.file.name} ({size}, SHA-256 {letter.file.sha256[:12]}…):"]
    lines += [f"  {label:<11}{said}" for label, said in _head(fields) if said]
    lines.append(f"  {len(tasks_of(proposal))} nhiệm vụ:")
    return lines + [f"    {line}" for line in _table([_task(task) for task in tasks_of(proposal)])]


def _head(fields: Json) -> list[tuple[str, str]]:
    signer = fields.get("signer")
    return [
        ("Cơ quan", _value(fields.get("issuer"))),
        ("Số, ngày", f"{_value(fields.get('number')) or BLANK}/{_value(fields.get('symbol'))}, ngày {_day(fields.get('issued_on'))}"),
        ("Trích yếu", _value(fields.get("subject"))),
        ("Kính gửi", "; ".join(_value(each) for each in fields.get("addressees") or ())),
        ("Căn cứ", "; ".join(_value(each["title"]) for each in fields.get("based_on") or ())),
        ("Người ký", " ".join(_value(signer.get(name)) for name in ("capacity", "position", "name")).strip() if signer else ""),
    ]


def _value(leaf: Json | None) -> str:
    return str(leaf["value"]) if leaf and leaf["value"] is not None else ""


def _day(leaf: Json | None) -> str:
    return texts.day(date.fromisoformat(_value(leaf))) if _value(leaf) else BLANK


def _task(task: Json) -> tuple[str, ...]:
    leads = texts.cut(", ".join(_value(each) for each in task["lead"]) or "chưa rõ đơn vị", UNIT)
    phrases = ", ".join(f"“{_value(each['phrase'])}”" for each in task["deadlines"]) or "không ghi thời hạn"
    return _value(task["number"]), texts.DELIVERABLES[_value(task["deliverable"])], leads, phrases


def _table(rows: Sequence[tuple[str, ...]]) -> list[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
