"""The story that is played: what is published, read and killed, and when, by the office clock."""

import tomllib
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import msgspec

from shared.errors import ConfigurationError

STORY = "story.toml"


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that happens; `kill` names a process that dies amid the facts of the step."""

    at: datetime
    say: str
    publish: tuple[str, ...] = ()
    kill: str | None = None
    read: tuple[str, ...] = ()


class Story(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A title and the steps, in the order of their instants."""

    title: str
    step: tuple[Step, ...]


Fact = dict[str, Any]
"""A CloudEvent as its publisher sends it."""


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


def load_facts(path: Path) -> Sequence[Fact]:
    """Return the facts of a file (one, or a list), or raise ConfigurationError."""
    try:
        content = msgspec.json.decode(path.read_bytes(), type=Fact | list[Fact])
    except (OSError, msgspec.DecodeError) as error:
        raise ConfigurationError(f"{path} cannot be published ({error}): restore it") from error
    return content if isinstance(content, list) else [content]
