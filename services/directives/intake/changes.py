"""What may be done to a draft from its page: answers given, tasks added, split, dropped, facts published, a draft opened again."""

from collections.abc import Awaitable, Callable
from typing import get_args

from services.directives.intake import answering, rendering
from services.directives.intake.answers import wrong
from services.directives.intake.desk import Desk, Opened
from services.directives.intake.drafting import Author, Json
from shared.contracts.types import SecurityMark

Form = dict[str, str]
Change = Callable[[Opened, Form, Author], Awaitable[None]]


def _answering(make: Callable[[Opened, Form], Json]) -> Callable[[Desk], Change]:
    """Return a change that gives a draft other answers."""

    def bound(desk: Desk) -> Change:
        async def change(opened: Opened, form: Form, by: Author) -> None:
            await desk.answer(opened, make(opened, form), by)

        return change

    return bound


def _put(opened: Opened, form: Form) -> Json:
    if form.get("about") == answering.SECURITY and not form.get("reset"):
        if form.get("value") not in get_args(SecurityMark):
            raise wrong(answering.SECURITY, "no such mark", "không có dấu chỉ độ mật này")
        return {**opened.draft.answers, answering.SECURITY: form["value"]}
    return answering.put(opened.draft.answers, form)


def _add(opened: Opened, form: Form) -> Json:
    return answering.add_task(opened.draft.answers, answering.find_passage(opened.draft.text, form), form)


def _split(opened: Opened, form: Form) -> Json:
    name = form.get("about", "")
    at, _ = answering.find_passage(opened.draft.text, form)
    task, span = rendering.whole_task(opened, name)
    return answering.split_task(opened.draft.answers, name, at, task, span)


def _publish(desk: Desk) -> Change:
    async def change(opened: Opened, _form: Form, by: Author) -> None:
        await desk.publish(opened, by)

    return change


def _reopen(desk: Desk) -> Change:
    async def change(opened: Opened, _form: Form, by: Author) -> None:
        await desk.reopen(opened.draft, by)

    return change


CHANGES: dict[str, Callable[[Desk], Change]] = {
    "answers": _answering(_put),
    "adding": _answering(_add),
    "splitting": _answering(_split),
    "dropping": _answering(lambda opened, form: answering.drop_task(opened.draft.answers, form.get("about", ""))),
    "restoring": _answering(lambda opened, form: answering.restore_task(opened.draft.answers, form.get("about", ""))),
    "publication": _publish,
    "reopening": _reopen,
}
"""What may be done to a draft, by the last part of the address."""
