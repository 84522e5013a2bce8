"""Stories from seeds: facts, sent in about their order, between steps of processes that work, die, come twice, and lose their memory."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from deploy.chaos.evidence import FOLLOWS
from deploy.simulation.courier import Mailbox
from deploy.simulation.facts import Cast, Planned, write_facts
from deploy.simulation.office import INSTANCES, SCHEMAS, SENDS
from deploy.simulation.relay import Trouble
from deploy.simulation.steps import (
    Ask,
    Clock,
    Deliver,
    Drop,
    Fire,
    Flow,
    Kill,
    Mark,
    Publish,
    Redeliver,
    Send,
    Settle,
    Spoil,
    Step,
    Story,
    Work,
)
from deploy.simulation.worker import PARTITIONS
from shared.topics import partition_of

FUSES = 24
"""A turn has about so many operations at most."""
MAILBOXES: Sequence[Mailbox] = ("delivered", "delivered", "deferred", "refused", "unknown")
TROUBLES: Sequence[Trouble] = ("", "", "killed before the send", "killed before the mark", "while another one does")
SIZES = (1, 1, 2, 9)
AHEAD: Mapping[str, Sequence[str]] = {"registrar": (), "deadlines": ("registrar",), "notifications": ("registrar", "deadlines")}
"""Whose events a service needs."""


class Focus(NamedTuple):
    """Where most happens in a story: one service, in the partitions that its facts lie in."""

    chance: random.Random
    schema: str
    partitions: Sequence[int]
    has_mail: bool


Make = Callable[[Focus], Step]


def write_story(seed: int, number: int) -> Story:
    """Return the story of a number under a seed, the same for the same numbers."""
    chance = random.Random(seed * 1_000_003 + number)  # noqa: S311  repeatable, not secret
    cast = Cast(chance)
    write_facts(cast)
    mailbox = chance.choice(MAILBOXES) if chance.random() < 0.08 else None  # noqa: PLR2004  mail is sent in one story of twelve
    partitions = sorted({partition_of(each.event.partitionkey, PARTITIONS) for each in cast.facts})
    schema = chance.choice(SCHEMAS) if mailbox is None else "notifications"
    focus = Focus(chance, schema, partitions, mailbox is not None)
    return Story(tuple(_steps(focus, cast.facts)), cast.dues, mailbox, chance.random())


def _steps(focus: Focus, facts: Sequence[Planned]) -> Iterator[Step]:
    chance, again = focus.chance, [Publish(each, is_again=True) for each in facts]
    for fact in _in_disorder(chance, facts):
        yield _publish(chance, fact)
        yield from _some(focus, chance.choice((0, 1, 1, 2)))
    for each in again:
        if chance.random() < 0.1:  # noqa: PLR2004  what was answered is sent again now and then
            each = each._replace(is_again=False)  # noqa: PLW2901
        yield each
    yield from _some(focus, chance.choice((0, 2, 5)))


def _some(focus: Focus, count: int) -> Iterator[Step]:
    """Yield steps of the service that matters, now and then after those before it caught up."""
    chance = focus.chance
    makers, weights = (_WITH_MAIL, _WITH_MAIL_WEIGHTS) if focus.has_mail else (_MAKERS, _WEIGHTS)
    if count:
        yield from (Flow(schema) for schema in AHEAD[focus.schema] if chance.random() < 0.6)  # noqa: PLR2004  more often than not
    for make in chance.choices(makers, cum_weights=weights, k=count):
        yield make(focus)


def _in_disorder(chance: random.Random, facts: Sequence[Planned]) -> list[Planned]:
    """Return facts of which some come too early or too late."""
    sent = list(facts)
    for index in range(1, len(sent)):
        if chance.random() < 0.2:  # noqa: PLR2004  one in five changes places with the one before it
            sent[index - 1], sent[index] = sent[index], sent[index - 1]
    return sent


def _publish(chance: random.Random, fact: Planned) -> Step:
    """Return how a fact is sent first: now and then the broker loses it, or its answer is lost."""
    trouble = chance.random()
    return Publish(fact, is_lost=trouble < 0.1, is_answered=trouble >= 0.2)  # noqa: PLR2004


def _fuse(focus: Focus) -> int | None:
    return focus.chance.randrange(FUSES) if focus.chance.random() < 0.4 else None  # noqa: PLR2004  two in five die


def _instance(focus: Focus) -> int:
    return focus.chance.choice((0, 0, INSTANCES - 1))


def _followed(focus: Focus) -> tuple[str, int, str, int]:
    """Return a process, and what of a topic it follows."""
    topic = focus.chance.choice(FOLLOWS[focus.schema])
    return focus.schema, _instance(focus), topic, focus.chance.choice(focus.partitions)


def _work(focus: Focus) -> Step:
    fetches, applies = focus.chance.choice(((True, True), (True, True), (True, True), (True, False), (False, True)))
    return Work(*_followed(focus), focus.chance.choice(SIZES), fetches, applies, _fuse(focus))


def _send(focus: Focus) -> Step:
    chance = focus.chance
    topic = chance.choice(SENDS[focus.schema])
    return Send(focus.schema, _instance(focus), topic, chance.choice(focus.partitions), chance.choice(SIZES), chance.choice(TROUBLES))


def _spoil(focus: Focus) -> Step:
    if focus.schema == "registrar":
        return Kill(focus.schema, _instance(focus))
    return Spoil(focus.schema, focus.chance.choice(FOLLOWS[focus.schema]), focus.chance.choice(focus.partitions))


def _deliver(focus: Focus) -> Step:
    chance = focus.chance
    return Deliver(chance.choice((0, 1, 6, 40, 200)), chance.choice(MAILBOXES), chance.random() < 0.3)  # noqa: PLR2004  one in three dies


_WEIGHED: Mapping[Make, int] = {
    _work: 24,
    _send: 9,
    lambda focus: Fire(focus.schema, _instance(focus), _fuse(focus)): 5,
    lambda focus: Clock(focus.chance.choice((1, 12, 24, 24, 48, 72, 120))): 7,
    lambda focus: Kill(focus.schema, _instance(focus)): 2,
    lambda focus: Drop(focus.schema, _instance(focus)): 2,
    lambda focus: Redeliver(*_followed(focus), focus.chance.choice(SIZES)): 2,
    lambda focus: Mark(focus.chance.choice(focus.partitions)): 1,
    _spoil: 2,
    lambda focus: Flow(focus.schema): 5,
    lambda _focus: Settle(): 1,
    lambda _focus: Ask(): 2,
}
_MAKERS = tuple(_WEIGHED)
_WEIGHTS = tuple(accumulate(_WEIGHED.values()))
_WITH_MAIL = (*_MAKERS, _deliver)
_WITH_MAIL_WEIGHTS = (*_WEIGHTS, _WEIGHTS[-1] + 20)
