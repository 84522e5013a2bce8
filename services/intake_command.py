"""`dondoc intake`: a letter into proposed facts, without a running stack."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import click
import msgspec

from services.directives.intake.documents import read_document
from services.directives.intake.matching import unregistered
from services.directives.intake.proposal import Proposal, propose
from services.directives.intake.unit_lists import registry_of
from shared.contracts.types import File

LONGEST = 96
STDIN = "-"
FIELDS = {
    "issuer": "Cơ quan ban hành", "document_type": "Loại văn bản", "number": "Số", "symbol": "Ký hiệu", "subject": "Trích yếu",
    "place": "Địa danh", "issued_on": "Ngày ban hành", "urgency": "Độ khẩn", "security": "Độ mật",
}  # fmt: skip


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--units", type=click.File("rb"), multiple=True, help="The units: unit-registered events (JSON), or the CSV of `dondoc units import`."
)
@click.option("--encoding", help="The encoding of plain text that is not UTF-8: windows-1258.")
@click.option("--json", "as_json", is_flag=True, help="Print {document, events, questions}.")
def intake(file: BinaryIO, units: tuple[BinaryIO, ...], encoding: str | None, *, as_json: bool) -> None:
    """Read the letter in FILE (.txt, .docx or .pdf with a text layer; - is the input) into proposed facts, and what has to be asked."""
    content = file.read()
    document = read_document(content, encoding=encoding)
    match = registry_of(each.read() for each in units).match if units else unregistered
    path = str(getattr(file, "name", STDIN))
    name = STDIN if path.startswith("<") else Path(path).name
    named = File(sha256=hashlib.sha256(content).hexdigest(), name=name, media_type=document.media_type, size=len(content))
    proposal = propose(document.text, named, {}, match)
    click.echo(msgspec.json.encode(proposal).decode() if as_json else "\n".join(table(proposal)))


def table(proposal: Proposal) -> Iterator[str]:
    """Give the lines that people read: the document, its tasks, the questions."""
    fields = proposal.document["fields"]
    for name, label in FIELDS.items():
        if fields.get(name):
            yield f"{label}: {fields[name]['value']}"
    yield from _lists(fields)
    for task in proposal.document["tasks"]:
        yield from _task(task)
    if proposal.questions:
        yield ""
        yield "Cần làm rõ:"
    for number, question in enumerate(proposal.questions, 1):
        yield f"{number:3}. {question.text} [{question.code}]"
        yield from (f"       có thể là {each.name} ({each.code or each.unit}), giống {each.score:.0%}" for each in question.candidates)


def _lists(fields: dict[str, Any]) -> Iterator[str]:
    for name, label in (("addressees", "Kính gửi"), ("recipients", "Nơi nhận")):
        if fields.get(name):
            yield f"{label}: {'; '.join(each['value'] for each in fields[name])}"
    if fields.get("based_on"):
        yield f"Căn cứ: {'; '.join(each['title']['value'] for each in fields['based_on'])}"
    signer = fields.get("signer")
    if signer:
        words = (signer["capacity"], signer["position"], signer["name"])
        yield f"Người ký: {' '.join(word['value'] for word in words if word)}"


def _task(task: dict[str, Any]) -> Iterator[str]:
    yield ""
    yield f"Nhiệm vụ {task['number']['value']}: {_short(task['content']['value'])}"
    yield f"  Chủ trì: {_names(task['lead'])}" + (f"; phối hợp: {_names(task['coordinating'])}" if task["coordinating"] else "")
    deadlines = [f"{each['phrase']['value']} ({each['name']['value'].lower()})" for each in task["deadlines"]]
    yield f"  Thời hạn: {'; '.join(deadlines) or '—'}"


def _names(units: list[dict[str, Any]]) -> str:
    return ", ".join(each["value"] for each in units) or "—"


def _short(text: str) -> str:
    return text if len(text) <= LONGEST else text[:LONGEST].rstrip() + "…"
