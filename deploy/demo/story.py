"""The story that is played: what is read, published, acknowledged and killed, and when, by the office clock."""

import re
import tomllib
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import msgspec

from shared.errors import ConfigurationError

STORY = "story.toml"


class Contact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How a unit is reached beside its inbox; a webhook's address is that of the receiver which the demonstration runs."""

    unit: str
    kind: Literal["mail", "webhook"]
    label: str
    value: str = ""


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that happens; `letter`: the letter comes in; `kill` names a process that dies just then; `review` a plan."""

    at: datetime
    say: str
    letter: bool = False
    publish: tuple[str, ...] = ()
    kill: str | None = None
    read: tuple[str, ...] = ()
    reach: tuple[Contact, ...] = ()
    review: UUID | None = None


class Answers(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the office answers where the letter is silent: its number, its day, and by the task's number a deadline or a plan's index."""

    number: int | None = None
    issued_on: date | None = None
    deadlines: dict[str, str] = {}
    indexes: dict[str, UUID] = {}


class Story(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A title, the letter, what its tasks are to bring by their numbers, and the steps in the order of their instants."""

    title: str
    letter: str
    tasks: dict[str, str]
    answers: Answers
    step: tuple[Step, ...]


Fact = dict[str, Any]
"""A CloudEvent as its publisher sends it."""


class Names(msgspec.Struct, frozen=True):
    """What facts call by the letter's own words: the directive, its tasks by number, and the name of a task's first deadline."""

    directive: str
    tasks: Mapping[str, str]
    deadlines: Mapping[str, str]

    def find(self, kind: str, number: str | None) -> str:
        """Return what `@directive`, `@task NUMBER` or `@deadline NUMBER` stands for, or raise ConfigurationError."""
        found = self.directive if kind == "directive" else {"task": self.tasks, "deadline": self.deadlines}[kind].get(number or "")
        if found is None:
            raise ConfigurationError(f"the letter has no {kind} {number}, which the story goes on with: play it with its own letter")
        return found


_NAMED = re.compile(r"@(directive|task|deadline)(?: (\S+))?")


def load_story(folder: Path) -> Story:
    """Return the story of a folder, or raise ConfigurationError."""
    try:
        content = tomllib.loads((folder / STORY).read_text(encoding="utf-8"))
        story = msgspec.convert(content, Story)
    except (OSError, tomllib.TOMLDecodeError, msgspec.ValidationError) as error:
        raise ConfigurationError(f"{folder / STORY} cannot be played ({error}): restore it") from error
    instants = [step.at for step in story.step]
    if not instants or instants != sorted(instants) or any(at.tzinfo is None for at in instants):
        raise ConfigurationError(f"{folder / STORY} cannot be played: its steps need instants with an offset, in order")
    return story


def load_facts(path: Path, names: Names | None = None) -> Sequence[Fact]:
    """Return the facts of a file (one, or a list), with what the letter's names stand for; raises ConfigurationError."""
    try:
        content = msgspec.json.decode(path.read_bytes(), type=Fact | list[Fact])
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigurationError(f"{path} cannot be published ({error}): restore it") from error
    facts = content if isinstance(content, list) else [content]
    return facts if names is None else [bind(fact, names) for fact in facts]


def bind(value: Any, names: Names) -> Any:  # noqa: ANN401  JSON of whatever shape
    """Return JSON in which the letter's names are replaced by what they stand for."""
    match value:
        case dict():
            return {key: bind(each, names) for key, each in value.items()}
        case list():
            return [bind(each, names) for each in value]
        case str() if named := _NAMED.fullmatch(value):
            return names.find(named[1], named[2])
        case _:
            return value
