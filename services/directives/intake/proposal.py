"""From a letter's text to proposed facts: what is read, what the operator answers, which units are meant; pure and repeatable."""

from collections.abc import Mapping
from typing import Any, Final

import msgspec

from services.directives.intake.answers import Answers
from services.directives.intake.directive_facts import ask_about_head, directive_of, issuer_of
from services.directives.intake.drafts_of_facts import Making
from services.directives.intake.findings import Letter
from services.directives.intake.matching import Matching, unregistered
from services.directives.intake.questions import Question, ask
from services.directives.intake.reading import read
from services.directives.intake.shown import document_of, secret_document
from services.directives.intake.task_facts import tasks_of
from shared.contracts.types import File
from shared.errors import RefusedError

MAX_LETTER: Final = 300_000
"""How many code points a letter has at most: some hundred pages."""


class Proposal(msgspec.Struct, frozen=True):
    """The letter as read, the CloudEvents that it comes to, and what is asked; encoded, it is what `dondoc intake --json` prints."""

    document: dict[str, Any]
    events: tuple[dict[str, Any], ...]
    questions: tuple[Question, ...]

    @property
    def is_publishable(self) -> bool:
        """Whether facts can be published: there are some, and none waits for an answer."""
        return bool(self.events) and not any(question.is_required for question in self.questions)


def propose(text: str, file: File, answers: Mapping[str, Any] | None = None, match: Matching = unregistered) -> Proposal:
    """Return what a letter comes to; the same letter and answers always come to the same facts.

    Raises RefusedError: `answer-invalid` for an answer that cannot be meant, `letter-too-long` for a text that is no letter.
    """
    if len(text) > MAX_LETTER:
        raise RefusedError(
            "letter-too-long", f"more than {MAX_LETTER} characters", f"Văn bản dài quá {MAX_LETTER:,} ký tự.".replace(",", ".")
        )
    letter = read(text)
    if letter.head.security.value != "none":
        question = ask("state-secret", "document", None, is_required=True)
        return Proposal(secret_document(file, letter.head), (), (question,))
    return _proposed(letter, Making(text, file, Answers(answers or {}), match))


def _proposed(letter: Letter, making: Making) -> Proposal:
    document = document_of(making.text, making.file, letter.head, letter.tasks)
    making.issuer = issuer_of(making, letter.head)
    directive = making.directive()
    ask_about_head(making, letter)
    if directive is None:
        return Proposal(document, (), tuple(making.questions))
    drafts = [directive_of(making, letter, directive), *tasks_of(making, letter.tasks, directive)]
    ids = [draft.id for draft in drafts]
    if len(set(ids)) < len(ids):
        twice = next(each for each in ids if ids.count(each) > 1).rpartition("/task/")[2]
        raise RefusedError("answer-invalid", f"two tasks have the number {twice}", f"Trả lời chưa đúng: hai nhiệm vụ cùng số {twice}")
    document["spans"] = {draft.id: {pointer: list(span) for pointer, span in draft.spans.items()} for draft in drafts}
    return Proposal(document, tuple(draft.event(directive) for draft in drafts), tuple(making.questions))
