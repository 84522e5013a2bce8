"""Facts from 202 to their verdict: each one registered or refused, once, in the order in which its publisher was answered."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from deploy.chaos.checking.logs import Logs
from deploy.chaos.evidence import EVENTS, INBOX, VERDICTS, Evidence, Finding, Kind, Message, Place

NO_HASH = bytes(32).hex()


def check_registration(evidence: Evidence, logs: Logs) -> Iterator[Finding]:
    """Yield facts that were lost, registered twice or out of order, and breaks of the versions and of the hash chain."""
    registered, refused = logs.get(EVENTS, ()), logs.get(VERDICTS, ())
    yield from _check_inbox(evidence)
    yield from _check_verdicts(evidence, _by_place(registered), _by_place(refused))
    yield from _check_once(registered)
    sequences = {each.fact: each.sequence for each in evidence.accepted if each.expected == "registered"}
    for key, versions in _by_key(registered).items():
        yield from _check_versions(key, versions)
        yield from _check_chain(key, sorted(versions, key=_version_of))
        yield from _check_order(key, sorted(versions, key=_version_of), sequences)


def _check_inbox(evidence: Evidence) -> Iterator[Finding]:
    inbox = {(message.partition, message.offset): message for message in evidence.topics.get(INBOX, ())}
    for each in evidence.accepted:
        message = inbox.get(each.place)
        if message is None or message.id != each.fact:
            yield Finding("lost", f"fact {each.fact} was answered with 202 but is not at {_name(each.place)}")
    for place in inbox.keys() - evidence.receipts.keys():
        yield Finding("lost", f"fact {inbox[place].id} at {_name(place)} has no verdict")
    for place in evidence.receipts.keys() - inbox.keys():
        yield Finding("lost", f"{_name(place)} has a verdict, but the inbox does not hold it")


def _check_verdicts(
    evidence: Evidence, registered: Mapping[Place, list[Message]], refused: Mapping[Place, list[Message]]
) -> Iterator[Finding]:
    for place in evidence.receipts:
        told = [*registered.get(place, ()), *refused.get(place, ())]
        if len(told) > 1:
            yield Finding("doubled", f"{_name(place)} has {len(told)} verdicts: {', '.join(message.where for message in told)}")
    for each in evidence.accepted:
        place = _original(evidence, each.place)
        if place in registered:
            outcome = "registered"
        elif place in refused:
            outcome = f"refused ({refused[place][0].data.get('code')})"
        else:
            yield Finding("lost", f"fact {each.fact} of {each.key} at {_name(each.place)} is neither registered nor refused")
            continue
        if not outcome.startswith(each.expected):
            kind: Kind = "lost" if each.expected == "registered" else "doubled"
            yield Finding(kind, f"fact {each.fact} of {each.key} at {_name(place)} was {outcome}, not {each.expected}")


def _original(evidence: Evidence, place: Place) -> Place:
    receipt = evidence.receipts.get(place)
    return receipt.original if receipt and receipt.original else place


def _check_once(registered: Sequence[Message]) -> Iterator[Finding]:
    first: dict[tuple[str, str], Message] = {}
    for message in registered:
        identity = (str(message.event["source"]), message.id)
        if first.setdefault(identity, message) is not message:
            yield Finding("doubled", f"fact {message.id} is registered twice: {first[identity].where} and {message.where}")


def _check_versions(key: str, messages: Sequence[Message]) -> Iterator[Finding]:
    seen: set[int] = set()
    last = 0
    for message in messages:
        version = _version_of(message)
        if version in seen:
            yield Finding("doubled", f"version {version} of {key} stands twice, again at {message.where}")
        elif version < last:
            yield Finding("reordered", f"version {version} of {key} comes after {last} at {message.where}")
        seen.add(version)
        last = max(last, version)
    for missing in sorted(set(range(1, last + 1)) - seen):
        yield Finding("lost", f"version {missing} of {key} is missing")


def _check_chain(key: str, messages: Sequence[Message]) -> Iterator[Finding]:
    previous = NO_HASH
    for message in messages:
        expected = hashlib.sha256(bytes.fromhex(message.previous_hash) + message.value).hexdigest()
        if message.previous_hash != previous or message.hash != expected:
            yield Finding("reordered", f"the hash chain of {key} breaks at version {_version_of(message)}, {message.where}")
        previous = message.hash


def _check_order(key: str, messages: Sequence[Message], sequences: Mapping[str, int]) -> Iterator[Finding]:
    known = [(sequences[message.id], message) for message in messages if message.id in sequences]
    for (before, earlier), (after, later) in pairwise(known):
        if after < before:
            facts = f"fact {earlier.id} (sent as {before}) before {later.id} (sent as {after})"
            yield Finding("reordered", f"{key} has {facts}, although each was sent only after the one before it was answered")


def _by_place(messages: Sequence[Message]) -> dict[Place, list[Message]]:
    found: dict[Place, list[Message]] = defaultdict(list)
    for message in messages:
        topic, partition, offset = message.cause.split("/")
        if topic == INBOX:
            found[int(partition), int(offset)].append(message)
    return dict(found)


def _by_key(messages: Sequence[Message]) -> dict[str, list[Message]]:
    found: dict[str, list[Message]] = defaultdict(list)
    for message in messages:
        found[message.key].append(message)
    return found


def _version_of(message: Message) -> int:
    return int(message.event["version"])


def _name(place: Place) -> str:
    return f"{INBOX}/{place[0]}/{place[1]}"
