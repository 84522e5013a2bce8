"""Topics as their consumers see them: what a relay sent twice counts once; the rest must be the journal, in its order."""

from collections.abc import Iterator, Mapping, Sequence

from deploy.chaos.evidence import OWN_VERDICTS, SENDERS, Evidence, Finding, Message, Place

Logs = Mapping[str, Sequence[Message]]
"""The settled messages of each topic that a relay sends."""


def settle(messages: Sequence[Message]) -> list[Message]:
    """Return the messages without those that a relay sent twice: the first one of each partition and position stays."""
    first: dict[Place, Message] = {}
    for message in messages:
        first.setdefault((message.partition, message.position), message)
    return list(first.values())


def check_logs(evidence: Evidence) -> Iterator[Finding]:
    """Yield what is wrong between each journal and its topic: events missing, positions used for two events, or out of order."""
    own = [topic for topic in evidence.topics if topic.startswith(OWN_VERDICTS)]
    for topic in (*SENDERS, *own):
        messages = evidence.topics.get(topic, [])
        yield from _check_order(messages)
        yield from _check_repeats(messages)
        yield from _check_journal(topic, evidence.journals.get(topic, {}), settle(messages))


def _check_order(messages: Sequence[Message]) -> Iterator[Finding]:
    last: dict[int, int] = {}
    for message in settle(messages):
        before = last.get(message.partition, 0)
        if message.position < before:
            yield Finding("reordered", f"{message.where} has position {message.position} after {before}")
        last[message.partition] = max(before, message.position)


def _check_repeats(messages: Sequence[Message]) -> Iterator[Finding]:
    first: dict[Place, Message] = {}
    for message in messages:
        original = first.setdefault((message.partition, message.position), message)
        if original.value != message.value:
            yield Finding("doubled", f"{message.where} and {original.where} are two events with position {message.position}")


def _check_journal(topic: str, journal: Mapping[Place, bytes], messages: Sequence[Message]) -> Iterator[Finding]:
    sent = {(message.partition, message.position): message for message in messages}
    for (partition, position), value in journal.items():
        message = sent.get((partition, position))
        if message is None:
            yield Finding("lost", f"position {position} of the journal is missing in {topic}/{partition}")
        elif message.value != value:
            yield Finding("lost", f"{message.where} is another event than position {position} of the journal")
    for place in sent.keys() - journal.keys():
        yield Finding("doubled", f"{sent[place].where} ({sent[place].id}) was sent, but its position {place[1]} is not in the journal")
    yield from _check_gaps(topic, journal)


def _check_gaps(topic: str, journal: Mapping[Place, bytes]) -> Iterator[Finding]:
    for partition in {place[0] for place in journal}:
        positions = {place[1] for place in journal if place[0] == partition}
        for missing in sorted(set(range(1, max(positions) + 1)) - positions):
            yield Finding("lost", f"the journal of {topic}/{partition} has no position {missing}")
