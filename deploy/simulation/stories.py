"""Stories from seeds: facts, sent in about their order, between steps of processes that work, die, come twice, and lose their memory."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate

from deploy.chaos.evidence import DEADLINES, EVENTS, FOLLOWS
from deploy.simulation.courier import Mailbox
from deploy.simulation.facts import Cast, Planned, write_facts
from deploy.simulation.office import INSTANCES, SCHEMAS, SENDS
from deploy.simulation.relay import Death
from deploy.simulation.steps import (
    Ask,
    Clock,
    Deliver,
    Drop,
    Fire,
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

FUSES = 14
"""A turn has about so many operations at most."""
MAILBOXES: Sequence[Mailbox] = ("delivered", "delivered", "deferred", "refused", "unknown")
DEATHS: Sequence[Death] = ("", "", "", "before the send", "before the mark")
Make = Callable[[random.Random], Step]


def write_story(seed: int, number: int) -> Story:
    """Return the story of a number under a seed, the same for the same numbers."""
    chance = random.Random(seed * 1_000_003 + number)  # noqa: S311  repeatable, not secret
    cast = Cast(chance)
    write_facts(cast)
    mailbox = chance.choice(MAILBOXES) if chance.random() < 0.08 else None  # noqa: PLR2004  mail is sent in one story of twelve
    return Story(tuple(_steps(chance, cast.facts, has_mail=mailbox is not None)), cast.dues, mailbox, chance.random())


def _steps(chance: random.Random, facts: Sequence[Planned], *, has_mail: bool) -> Iterator[Step]:
    makers, weights = (_WITH_MAIL, _WITH_MAIL_WEIGHTS) if has_mail else (_MAKERS, _WEIGHTS)
    for fact in _in_disorder(chance, facts):
        yield from _publish(chance, fact)
        for make in chance.choices(makers, cum_weights=weights, k=chance.choice((0, 1, 2, 3))):
            yield make(chance)
    for make in chance.choices(makers, cum_weights=weights, k=chance.choice((0, 3, 6))):
        yield make(chance)


def _in_disorder(chance: random.Random, facts: Sequence[Planned]) -> list[Planned]:
    """Return facts of which some come too early or too late."""
    sent = list(facts)
    for index in range(1, len(sent)):
        if chance.random() < 0.15:  # noqa: PLR2004  one in seven changes places with the one before it
            sent[index - 1], sent[index] = sent[index], sent[index - 1]
    return sent


def _publish(chance: random.Random, fact: Planned) -> Iterator[Step]:
    trouble = chance.random()
    if trouble < 0.05:  # noqa: PLR2004  one in twenty is lost on the way and sent again
        yield Publish(fact, is_lost=True, is_answered=False)
    elif trouble < 0.1:  # noqa: PLR2004  as many are sent again because the answer was lost
        yield Publish(fact, is_answered=False)
    yield Publish(fact)
    if trouble > 0.95:  # noqa: PLR2004  as many are sent twice
        yield Publish(fact)


def _fuse(chance: random.Random) -> int | None:
    return chance.randrange(FUSES) if chance.random() < 0.35 else None  # noqa: PLR2004  one in three dies


def _instance(chance: random.Random) -> int:
    return chance.choice((0, 0, 0, INSTANCES - 1))


def _work(chance: random.Random) -> Step:
    schema = chance.choice(SCHEMAS)
    topic = chance.choice(FOLLOWS[schema])
    fetches, applies = chance.choice(((True, True), (True, True), (True, True), (True, False), (False, True)))
    return Work(
        schema, _instance(chance), topic, chance.randrange(PARTITIONS), chance.choice((1, 2, 9)), fetches, applies, _fuse(chance)
    )  # fmt: skip


def _send(chance: random.Random) -> Step:
    schema = chance.choice(SCHEMAS)
    topic = chance.choice(SENDS[schema])
    return Send(schema, _instance(chance), topic, chance.randrange(PARTITIONS), chance.choice((1, 2, 9)), chance.choice(DEATHS))


def _redeliver(chance: random.Random) -> Step:
    schema = chance.choice(SCHEMAS)
    topic = chance.choice(FOLLOWS[schema])
    return Redeliver(schema, _instance(chance), topic, chance.randrange(PARTITIONS), chance.choice((1, 2, 9)))


def _spoil(chance: random.Random) -> Step:
    schema, topic = chance.choice((("deadlines", EVENTS), ("notifications", EVENTS), ("notifications", DEADLINES)))
    return Spoil(schema, topic, chance.randrange(PARTITIONS))


def _deliver(chance: random.Random) -> Step:
    return Deliver(chance.choice((0, 1, 6, 40, 200)), chance.choice(MAILBOXES), chance.random() < 0.3)  # noqa: PLR2004  one in three dies


_WEIGHED: Mapping[Make, int] = {
    _work: 24,
    _send: 12,
    lambda chance: Fire(chance.choice(SCHEMAS), _instance(chance), _fuse(chance)): 6,
    lambda chance: Clock(chance.choice((1, 12, 24, 24, 48, 72, 120))): 7,
    lambda chance: Kill(chance.choice(SCHEMAS), _instance(chance)): 2,
    lambda chance: Drop(chance.choice(SCHEMAS), _instance(chance)): 2,
    _redeliver: 2,
    lambda chance: Mark(chance.randrange(PARTITIONS)): 1,
    _spoil: 1,
    lambda _chance: Settle(): 2,
    lambda _chance: Ask(): 2,
}
_MAKERS = tuple(_WEIGHED)
_WEIGHTS = tuple(accumulate(_WEIGHED.values()))
_WITH_MAIL = (*_MAKERS, _deliver)
_WITH_MAIL_WEIGHTS = (*_WEIGHTS, _WEIGHTS[-1] + 15)
