"""Facts in the making: the CloudEvent as it will be published, where each of its members stands in the letter, and what is open."""

from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID, uuid5

import msgspec
from msgspec.structs import replace

from services.directives.intake.answers import Answers
from services.directives.intake.findings import Found
from services.directives.intake.flow import Span, fold
from services.directives.intake.matching import Match, Matching
from services.directives.intake.questions import Question, ask
from shared.contracts import Contract, type_of
from shared.contracts.types import File

SOURCE: Final = "/dondoc/office"
HEX: Final = 32


@dataclass
class Draft:
    """A fact in the making: `data` may still lack what a question asks for."""

    id: str
    subject: UUID
    kind: type[Contract]
    data: dict[str, Any] = field(default_factory=dict)
    spans: dict[str, Span] = field(default_factory=dict)

    def put(self, name: str, value: object, span: Span | None = None) -> None:
        """Set a member of the data, where there is a value, and note where that stands."""
        if value is not None and value not in ([], ()):
            self.data[name] = msgspec.json.decode(msgspec.json.encode(value))
            self.at(name, span)

    def at(self, pointer: str, span: Span | None) -> None:
        """Note where a part of the data stands in the text."""
        if span is not None:
            self.spans[f"/data/{pointer}"] = span

    def event(self, directive: UUID) -> dict[str, Any]:
        """Return the CloudEvent."""
        return {
            "specversion": "1.0",
            "id": self.id,
            "source": SOURCE,
            "type": type_of(self.kind),
            "subject": str(self.subject),
            "partitionkey": str(directive),
            "datacontenttype": "application/json",
            "data": self.data,
        }


@dataclass
class Making:
    """What all facts of a letter share while they are made."""

    text: str
    file: File
    answers: Answers
    match: Matching
    issuer: UUID | None = None
    questions: list[Question] = field(default_factory=list)
    _chosen: dict[str, UUID] = field(default_factory=dict)
    _asked: dict[str, int] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """The publisher's key of the directive, and the beginning of the events' ids: the same file makes the same facts."""
        return f"intake/{self.file.sha256[:HEX]}"

    def directive(self) -> UUID | None:
        """Return the directive's id, None until the issuer is known."""
        return uuid5(self.issuer, self.key) if self.issuer else None

    def unit(self, pointer: str, found: Found[str], *, is_required: bool) -> UUID | None:
        """Return the unit that is meant: as answered, here or where the name came first, else as matched; else ask, once a name."""
        name = fold(found.value)
        if self.answers.has(pointer) and not (is_required and self.answers.is_dropped(pointer)):
            unit = self.answers.unit(pointer)
            self._chosen.update({name: unit} if unit else {})
            return unit
        match = self.match(found.value, self.issuer)
        if match.unit is not None and match.is_registered:
            return match.unit
        if name in self._chosen:
            return self._chosen[name]
        self._ask_unit(pointer, found, match, is_required=is_required and match.unit is None)
        return match.unit

    def _ask_unit(self, pointer: str, found: Found[str], match: Match, *, is_required: bool) -> None:
        name = fold(found.value)
        asked = self._asked.get(name)
        if asked is None:
            self._asked[name] = len(self.questions)
            asking = ask("unit-unknown", pointer, found.span, is_required=is_required, candidates=match.candidates, value=found.value)
            self.questions.append(asking)
        elif is_required:
            self.questions[asked] = replace(self.questions[asked], is_required=True)

    def ask_unless_answered(self, question: Question) -> None:
        """Ask, unless that was answered; nothing is no answer where something is required."""
        if not self.answers.has(question.about) or (question.is_required and self.answers.is_dropped(question.about)):
            self.questions.append(question)


def cut(text: str, most: int) -> str:
    """Return a text no longer than facts can hold."""
    return text if len(text) <= most else text[: most - 1].rstrip() + "…"
