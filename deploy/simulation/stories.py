"""Stories from seeds: facts, sent in about their order, between steps of processes that work, die, come twice, and lose their memory."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import NamedTuple

from deploy.chaos.evidence import FOLLOWS
from deploy.simulation.changes import stir
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
    Spoil,
    Step,
    Story,
    Work,
)

FUSES = 24
"""A turn has about so many operations at most."""
MAILBOXES: Sequence[Mailbox] = ("delivered", "delivered", "deferred", "refused", "unknown")
TROUBLES: Sequence[Trouble] = ("", "", "killed before the send", "killed before the mark", "while another one does")
SIZES = (1, 1, 2, 9)
AHEAD: Mapping[str, Sequence[str]] = {"registrar": (), "deadlines": ("registrar",), "notifications": ("registrar", "deadlines")}
"""Whose events a service needs."""
ORDER: Mapping[str, Sequence[str]] = {schema: (*ahead, schema) for schema, ahead in AHEAD.items()}


class Focus(NamedTuple):
    """Where most happens in a story: one service, in the partitions that its facts lie in."""

    chance: random.Random
    schema: str
    partitions: Sequence[int]
    has_mail: bool


Steps = Sequence[Step]
Make = Callable[[Focus], Steps]


def write_story(seed: int, number: int) -> Story:
    """Return the story of a number under a seed, the same for the same numbers."""
    chance = random.Random(seed * 1_000_003 + number)  # noqa: S311  repeatable, not secret
    cast = Cast(chance)
    write_facts(cast)
    is_eventful = chance.random() < 0.25  # noqa: PLR2004  in one story of four what was said is changed
    if is_eventful:
        stir(cast)
    mailbox = chance.choice(MAILBOXES) if chance.random() < 0.08 else None  # noqa: PLR2004  mail is sent in one story of twelve
    partitions = sorted({each.partition for each in cast.facts})
    schema = chance.choice(SCHEMAS) if mailbox is None else "notifications"
    focus = Focus(chance, schema, partitions, mailbox is not None)
    return Story(tuple(_steps(focus, cast.facts)), cast.dues, mailbox, chance.random(), is_eventful)


def _steps(focus: Focus, facts: Sequence[Planned]) -> Iterator[Step]:
    chance, again = focus.chance, [Publish(each, is_again=True) for each in facts]
    for fact in _in_disorder(chance, facts):
        yield _publish(chance, fact)
        yield from _some(focus, chance.choice((0, 1, 1, 2)))
    yield from _pass_time(focus)
    for each in again:
        if chance.random() < 0.1:  # noqa: PLR2004  what was answered is sent again now and then
            each = each._replace(is_again=False)  # noqa: PLW2901
        yield each
    yield from _pass_time(focus)
    yield from _some(focus, chance.choice((0, 1, 3)))


def _pass_time(focus: Focus) -> Iterator[Step]:
    """Yield, where timers matter, what happens when they come due."""
    if focus.schema != "registrar" and focus.chance.random() < 0.6:  # noqa: PLR2004  three times in five
        yield from _step_clock(focus)


def _some(focus: Focus, count: int) -> Iterator[Step]:
    """Yield steps of the service that matters, now and then after those before it caught up."""
    chance = focus.chance
    makers, weights = (_WITH_MAIL, _WITH_MAIL_WEIGHTS) if focus.has_mail else (_MAKERS, _WEIGHTS)
    if count:
        yield from (_flow(focus, schema) for schema in AHEAD[focus.schema] if chance.random() < 0.6)  # noqa: PLR2004  most times
    for make in chance.choices(makers, cum_weights=weights, k=count):
        yield from make(focus)


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


def _flow(focus: Focus, schema: str) -> Step:
    return Flow(schema, focus.chance.random() < 0.15)  # noqa: PLR2004  one in seven is sent twice


def _work(focus: Focus) -> Steps:
    fetches, applies = focus.chance.choice(((True, True), (True, True), (True, True), (True, False), (False, True)))
    return (Work(*_followed(focus), focus.chance.choice(SIZES), fetches, applies, _fuse(focus)),)


def _take_turns(focus: Focus) -> Steps:
    """Let both instances work at the same partition, one after the other."""
    schema, number, topic, partition = _followed(focus)
    return tuple(Work(schema, each, topic, partition, 1) for each in (number, 1 - number, number))


def _lose(focus: Focus) -> Steps:
    """Let what was fetched be lost before it is applied."""
    place = _followed(focus)
    return Work(*place, 1, applies=False), Drop(*place[:2]), Work(*place, focus.chance.choice(SIZES))


def _send(focus: Focus) -> Steps:
    chance = focus.chance
    topic = chance.choice(SENDS[focus.schema])
    place = focus.schema, _instance(focus), topic, chance.choice(focus.partitions)
    return (Send(*place, chance.choice(SIZES), chance.choice(TROUBLES)),)


def _spoil(focus: Focus) -> Steps:
    """Let a record be one that cannot be applied for now, with others behind it."""
    schema, number, topic, partition = _followed(focus)
    if schema == "registrar":
        return (Kill(schema, number),)
    ahead = [_flow(focus, each) for each in AHEAD[schema]]
    return *ahead, Spoil(schema, topic, partition), Work(schema, number, topic, partition, 9)


def _step_clock(focus: Focus) -> Steps:
    """Step the clock; what is due then may be interrupted."""
    chance = focus.chance
    step = Clock(chance.choice((1, 12, 24, 24, 48, 72, 120, 240)))
    if chance.random() < 0.5:  # noqa: PLR2004  every other time it comes in the middle of something
        return (step,)
    fuse = chance.randrange(2, 16) if chance.random() < 0.6 else None  # noqa: PLR2004  three in five die
    fire = Fire(focus.schema, _instance(focus), fuse)
    if chance.random() < 0.4:  # noqa: PLR2004  two times in five there is news when it fires
        return step, *(_flow(focus, schema) for schema in AHEAD[focus.schema]), fire
    return *(_flow(focus, schema) for schema in ORDER[focus.schema]), step, fire


def _deliver(focus: Focus) -> Steps:
    """Let the courier try what is due, now and then what was issued a moment ago."""
    chance = focus.chance
    deliver = Deliver(chance.choice((0, 0, 1, 6, 40, 200)), chance.choice(MAILBOXES), chance.random() < 0.3)  # noqa: PLR2004  one in three dies
    if chance.random() < 0.6:  # noqa: PLR2004  two times in five
        return (deliver,)
    return _flow(focus, "registrar"), Work(*_followed(focus), 9), deliver


_WEIGHED: Mapping[Make, int] = {
    _work: 20,
    _take_turns: 2,
    _lose: 2,
    _send: 8,
    _step_clock: 6,
    _spoil: 3,
    lambda focus: (Fire(focus.schema, _instance(focus), _fuse(focus)),): 2,
    lambda focus: (Kill(focus.schema, _instance(focus)),): 2,
    lambda focus: (Redeliver(*_followed(focus), focus.chance.choice(SIZES)),): 2,
    lambda focus: (Mark(focus.chance.choice(focus.partitions)),): 1,
    lambda focus: (Flow(focus.schema),): 4,
    lambda _focus: (Ask(),): 2,
}
_MAKERS = tuple(_WEIGHED)
_WEIGHTS = tuple(accumulate(_WEIGHED.values()))
_WITH_MAIL = (*_MAKERS, _deliver)
_WITH_MAIL_WEIGHTS = (*_WEIGHTS, _WEIGHTS[-1] + 20)
