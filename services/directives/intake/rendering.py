"""What the templates of the intake are given."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import msgspec

from services.directives.admission import NotAdmittedError
from services.directives.intake import overlay
from services.directives.intake.answering import dropped_tasks
from services.directives.intake.answers import ADDED
from services.directives.intake.desk import Opened
from services.directives.intake.drafting import Draft, Json
from services.directives.intake.flow import Span
from services.directives.intake.marking import Piece
from services.directives.intake.publishing import wrong_fields
from services.directives.intake.sheet import WORDS, Layout, id_of, kind_of
from services.directives.intake.verdict_words import tell
from services.directives.receipts import Receipt
from shared.errors import NotFoundError, RefusedError

STATES: Final[Mapping[str, str]] = {"open": "Đang xử lý", "published": "Đã công bố"}
AWAY: Final = "Hệ thống đang gián đoạn. Những gì đã trả lời vẫn được giữ; hãy thử lại sau ít phút."


class Listed(NamedTuple):
    """A registered unit that was found."""

    unit: str
    name: str
    code: str


class Search(NamedTuple):
    """What a search for units found, and for which value."""

    item: str
    found: Sequence[Listed]


class Shown(msgspec.Struct, frozen=True):
    """What a page says beside the draft itself."""

    told: str = ""
    search: Search | None = None
    editing: str = ""


def context(opened: Opened, shown: Shown) -> dict[str, Any]:
    """Return what the page of a draft shows."""
    draft, proposal = opened.draft, opened.proposal
    fields, tasks, units = effective(opened)
    sheet = Layout(fields, tasks, proposal.questions, units, draft.answers).sheet(draft.text)
    return {
        "draft": draft,
        "sheet": sheet,
        "linked": _linked(sheet.pieces),
        "told": shown.told,
        "search": shown.search,
        "editing": shown.editing,
        "events": len(proposal.events),
        "may_publish": proposal.is_publishable,
        "dropped": dropped_tasks(draft.answers, proposal.document["tasks"]),
        "title": _value(fields.get("subject")) or draft.name,
        "next_number": str(len(proposal.document["tasks"]) + len(draft.answers.get(ADDED, ())) + 1),
        "DELIVERABLES": WORDS["deliverable"],
        "id_of": id_of,
        "kind_of": kind_of,
    }


def effective(opened: Opened) -> tuple[Json, dict[str, Json], dict[str, list[overlay.UnitOption]]]:
    """Return the letter as it will be published: fields, tasks by name, and units by the names of where they are written."""
    answers, document = opened.draft.answers, opened.proposal.document
    fields = overlay.fields_of(document, answers)
    tasks = overlay.tasks_of(document, answers, opened.proposal.events)
    written = list(overlay.units_in(fields, tasks))
    units = overlay.match_units(written, answers, opened.match, opened.entries)
    return fields, tasks, {**units, **overlay.units_of_added(answers, opened.entries)}


def whole_task(opened: Opened, name: str) -> tuple[Json, Span]:
    """Return a task as it is added again in parts, and where it stands; raises RefusedError where its words were typed."""
    _, tasks, units = effective(opened)
    if name not in tasks:
        raise NotFoundError("task", name)
    task = tasks[name]
    span = task["content"]["span"]
    if span is None:
        raise RefusedError(
            "not-in-text", "the task stands nowhere in the text", "Nhiệm vụ này không gắn với đoạn nào của văn bản nên không tách được."
        )

    def chosen(part: str) -> list[str]:
        return [unit.id for at in units if at == f"{name}/{part}" or at.startswith(f"{name}/{part}/") for unit in units[at]]

    deadlines = [(each["phrase"]["value"], each["phrase"]["span"]) for each in task["deadlines"] if each["phrase"]["value"]]
    told = {
        "number": task["number"]["value"], "lead": chosen("lead"), "coordinating": chosen("coordinating"),
        "deliverable": task["deliverable"]["value"], "deadlines": deadlines,
    }  # fmt: skip
    return told, (span[0], span[1])


def outcome(draft: Draft, judged: Mapping[str, Receipt]) -> dict[str, Any]:
    """Return what the page shows of a published draft's verdicts."""
    return msgspec.structs.asdict(tell(draft.facts, judged))


def refusal_of(error: Exception) -> tuple[int, str]:
    """Return the status and the words for what was refused."""
    match error:
        case RefusedError():
            return 409, error.reason_vi
        case NotAdmittedError():
            return 422, f"Chưa công bố được: {wrong_fields(error)}"
        case _:
            return 503, AWAY


def _linked(pieces: Sequence[Piece]) -> frozenset[int]:
    """Return where the pieces begin that lead to their values: the first of each that can be seen."""
    first: dict[str, int] = {}
    for piece in pieces:
        if piece.names and piece.text.strip():
            first.setdefault(piece.names[0], piece.start)
    return frozenset(first.values())


def _value(leaf: Json | None) -> str:
    return str(leaf["value"]) if leaf and leaf["value"] else ""
