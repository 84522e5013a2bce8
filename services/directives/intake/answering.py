"""What a form of the page answers, as answers to a proposal: fields, units, phrases; tasks that are added, split or dropped."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final

from services.directives.domain.unit_files import read_day
from services.directives.intake.answers import ADDED, TASKS, wrong
from services.directives.intake.flow import Span
from shared.errors import RefusedError

Json = dict[str, Any]
Form = Mapping[str, str]

SECURITY: Final = "/document/fields/security"
NOWHERE: Final = "Không thấy đoạn này trong văn bản. Hãy chọn hoặc chép đúng nguyên văn."
TWICE: Final = "Đoạn này có ở nhiều chỗ. Hãy chọn dài hơn, hoặc chọn trực tiếp trong văn bản."
OPTIONAL: Final = re.compile(
    r"/document/(fields/(number|issued_on|addressees/[0-9]+)|tasks/[0-9]+/(coordinating/[0-9]+|deadlines(/[0-9]+/phrase)?))"
)
"""What may be answered with nothing; anything else would only silence a question that has to be answered."""
CHOSEN: Final = "unit."
"""What the names of the boxes begin with by which several units are chosen."""


def is_search(form: Form) -> bool:
    """Tell whether a form only looks for units: something is typed there and none is chosen."""
    return bool(form.get("q")) and not any(form.get(name) for name in ("value", "none", "reset")) and not _boxes(form)


def put(answers: Json, form: Form) -> Json:
    """Return answers with that of a form in; raises RefusedError for one that says nothing."""
    about = form.get("about", "")
    if not about.startswith("/document/") or about == ADDED or about.startswith(f"{ADDED}/"):
        raise wrong(about, "this is nothing that can be answered", "không có mục này")
    rest = {name: value for name, value in answers.items() if name != about}
    if form.get("reset"):
        return rest
    if form.get("none") and not OPTIONAL.fullmatch(about):
        raise wrong(about, "this cannot be left out", "mục này không để trống được")
    return {**rest, about: None if form.get("none") else _value(about, form)}


def _value(about: str, form: Form) -> Any:  # noqa: ANN401  any JSON
    last = about.rpartition("/")[2]
    boxes = _boxes(form)
    if boxes:
        return boxes
    text = form.get("value", "")
    if not text:
        raise wrong(about, "nothing was typed or chosen", "chưa nhập hoặc chưa chọn gì")
    if last == "issued_on":
        return _day(about, text)
    return [line.strip() for line in text.splitlines() if line.strip()] if last == "deadlines" else text


def _boxes(form: Form) -> list[str]:
    return [name.removeprefix(CHOSEN) for name in form if name.startswith(CHOSEN)]


def _day(about: str, text: str) -> str:
    day = read_day(text)
    if day is None:
        raise wrong(about, "not a day", "ngày ghi dạng 5/4/2021")
    return day.isoformat()


def find_passage(text: str, form: Form) -> Span:
    """Return where in a letter a passage stands that was marked or pasted; raises RefusedError where it stands nowhere, or twice."""
    quote = form.get("quote", "").replace("\r\n", "\n")
    start = form.get("start", "")
    if start.isdecimal() and len(start) < 10 and quote:  # noqa: PLR2004  a place in 2 MiB
        # Forms lose the blanks around a value, so that one marked with a blank before it stands a little later.
        begin = int(start)
        while text[begin : begin + 1].isspace() and not text.startswith(quote, begin):
            begin += 1
        if text.startswith(quote, begin):
            return begin, begin + len(quote)
    at = text.find(quote) if quote.strip() else -1
    if at < 0:
        raise RefusedError("no-such-passage", "the letter has no such passage", NOWHERE)
    if text.find(quote, at + 1) >= 0:
        raise RefusedError("passage-twice", "the passage stands there twice", TWICE)
    return at, at + len(quote)


def add_task(answers: Json, span: Span, form: Form) -> Json:
    """Return answers with a task added from a passage; raises RefusedError where number or lead are missing."""
    if not form.get("number"):
        raise wrong(ADDED, "a task needs a number", "chưa ghi số của nhiệm vụ")
    if not form.get("value"):
        raise wrong(ADDED, "a task needs a lead", "chưa chọn đơn vị chủ trì")
    phrase = form.get("phrase", "")
    task = {
        "span": list(span), "number": form["number"], "lead": form["value"], "deliverable": form.get("deliverable") or "other",
        "deadlines": [phrase] if phrase else [],
    }  # fmt: skip
    return {**answers, ADDED: [*answers.get(ADDED, ()), task]}


def drop_task(answers: Json, name: str) -> Json:
    """Return answers without a task: one of the letter is dropped, one that was added is taken back."""
    number = _number_of(name)
    if name.startswith(f"{ADDED}/"):
        kept = [task for at, task in enumerate(answers.get(ADDED, ())) if at != number]
        return {**{key: value for key, value in answers.items() if key != ADDED}, **({ADDED: kept} if kept else {})}
    return {**{key: value for key, value in answers.items() if not key.startswith(f"{name}/")}, name: None}


def restore_task(answers: Json, name: str) -> Json:
    """Return answers with a dropped task of the letter back in."""
    _number_of(name)
    return {key: value for key, value in answers.items() if key != name}


def split_task(answers: Json, name: str, at: int, task: Json, span: Span) -> Json:
    """Return answers with a task cut in two at a place of the text; what is said of the task as a whole holds for both parts.

    `task` has its number, lead, coordinating units, deliverable, and `deadlines` as (phrase, span). Raises RefusedError for a place
    outside, and where nobody leads yet.
    """
    start, end = span
    if not start < at < end:
        raise RefusedError("not-inside", "the place is not inside the task", "Chỗ tách không nằm trong nội dung của nhiệm vụ này.")
    if not task["lead"]:
        raise RefusedError("lead-first", "the lead is not chosen yet", "Hãy chọn đơn vị chủ trì của nhiệm vụ trước khi tách.")
    parts = [
        {
            **task, "number": f"{task['number']}.{number}", "span": list(part),
            "deadlines": [phrase for phrase, place in task["deadlines"] if place is None or part[0] <= place[0] < part[1]],
        }
        for number, part in enumerate(((start, at), (at, end)), 1)
    ]  # fmt: skip
    dropped = drop_task(answers, name)
    return {**dropped, ADDED: [*dropped.get(ADDED, ()), *parts]}


def _number_of(name: str) -> int:
    head, _, number = name.rpartition("/")
    if head not in (TASKS, ADDED) or not number.isdecimal():
        raise wrong(name, "no task", "không có nhiệm vụ này")
    return int(number)


def dropped_tasks(answers: Json, tasks: Sequence[Json]) -> list[tuple[str, str]]:
    """Return the tasks of a letter that were dropped: name, and number with the beginning of what it says."""
    found = []
    for number, task in enumerate(tasks):
        name = f"{TASKS}/{number}"
        if name in answers and answers[name] is None:
            found.append((name, f"{task['number']['value']}. {task['content']['value'][:80]}"))
    return found
