"""How a bug is planted into a simulated office: another part in place of the right one, or another word for something in a module."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

from deploy.simulation.database import Answer
from deploy.simulation.office import Parts

Patch = tuple[Any, str, Any]
"""A module or a class, the name of something in it, and what stands there instead."""


@dataclass(frozen=True)
class Bug:
    """A planted bug; `unseen` where only the simulation's own invariants can see it, not the chaos checker."""

    name: str
    parts: Parts = field(default_factory=Parts)
    patches: tuple[Patch, ...] = ()
    unseen: bool = False


def wrong(schema: str, queries: Mapping[str, str], name: str, answer: Answer) -> Parts:
    """Return an office in which one query of a schema is answered wrongly."""
    return Parts(wrong={schema: {queries[name]: answer}})


@contextmanager
def planted(bug: Bug) -> Iterator[Parts]:
    """Put a bug's patches in place."""
    with ExitStack() as stack:
        for owner, name, replacement in bug.patches:
            stack.enter_context(_patched(owner, name, replacement))
        yield bug.parts


@contextmanager
def _patched(owner: Any, name: str, replacement: Any) -> Iterator[None]:
    before = owner.__dict__[name]
    setattr(owner, name, replacement)
    try:
        yield
    finally:
        setattr(owner, name, before)
