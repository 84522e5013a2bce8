"""A letter's text read: head, body and foot, and the tasks of the body in order."""

import re
from collections.abc import Iterator, Sequence
from typing import Final

from msgspec.structs import replace

from services.directives.intake.basis import basis_of
from services.directives.intake.findings import Duty, Found, Letter
from services.directives.intake.flow import Flow, Span, even
from services.directives.intake.header import head_of
from services.directives.intake.lines import spaced
from services.directives.intake.signing import foot_of
from services.directives.intake.walk import Walk
from services.directives.intake.zones import NUMBERED, zones_of

BASIS_PARAGRAPHS: Final = 12


def read(text: str) -> Letter:
    """Return what a letter says; whatever the text is, nothing is raised, and what cannot be read is left out."""
    zones = zones_of(even(text))
    head = head_of(zones)
    body = [line.flow for line in zones.body]
    tasks = tuple(_numbered_once(Walk(head).read(zones.body))) if head.security.value == "none" else ()
    first = min((task.content.span[0] for task in tasks if task.content.span), default=None)
    signer, recipients = foot_of(zones.foot)
    before = [flow for flow in body[:BASIS_PARAGRAPHS] if first is None or flow.span()[0] <= first]
    head = replace(head, based_on=basis_of(map(spaced, before)), signer=signer, recipients=recipients)
    return Letter(head, tasks, _second_letter(body))


def _numbered_once(tasks: Sequence[Duty]) -> Iterator[Duty]:
    """Give the tasks with numbers of their own: where a letter counts anew, the second 1 is "1 (2)"."""
    seen: dict[str, int] = {}
    for task in tasks:
        number = task.number.value
        count = seen[number] = seen.get(number, 0) + 1
        yield task if count == 1 else replace(task, number=Found(f"{number} ({count})", task.number.span))


def _second_letter(body: Sequence[Flow]) -> Span | None:
    """Return where another document begins in the same text."""
    for flow in body:
        if re.match(r"so\s?:", flow.plain) and (match := NUMBERED.match(flow.plain)):
            return flow.span(match.start(), match.end())
    return None
