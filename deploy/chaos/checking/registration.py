"""Facts from 202 to their verdict: each one registered or refused, once, in the order in which its publisher was answered."""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from deploy.chaos.checking.logs import Logs
from deploy.chaos.evidence import EVENTS, INBOX, VERDICTS, Evidence, Finding, Kind, Message, Place

NO_HASH = bytes(32).hex()
REFUSALS = frozenset({"fact-refused", "fact-expired"})
OUTCOMES = {"registered": "registered", "released": "registered", "refused": "refused", "waiting": "waiting"}
"""What a receipt says of each outcome."""


def check_registration(evidence: Evidence, logs: Logs) -> Iterator[Finding]:
    """Yield facts that were lost, registered twice or out of order, and breaks of the versions and of the hash chain."""
    registered, verdicts = logs.get(EVENTS, ()), logs.get(VERDICTS, ())
    yield from _check_inbox(evidence)
    yield from _check_verdicts(evidence, _by_place(registered), _by_place(verdicts))
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
    evidence: Evidence, registered: Mapping[Place, list[Message]], verdicts: Mapping[Place, list[Message]]
) -> Iterator[Finding]:
    for place, receipt in evidence.receipts.items():
        told = [*registered.get(place, ()), *(each for each in verdicts.get(place, ()) if each.name in REFUSALS)]
        if len(told) > 1:
            yield Finding("doubled", f"{_name(place)} has {len(told)} verdicts: {', '.join(message.where for message in told)}")
        yield from _check_waiting(place, registered.get(place, ()), [each.name for each in verdicts.get(place, ())])
        outcome = _outcome(registered.get(place, ()), verdicts.get(place, ()))
        if receipt.outcome != "duplicate" and receipt.outcome != OUTCOMES.get(outcome):
            yield Finding("lost", f"the receipt of {_name(place)} says {receipt.outcome}, its events {outcome or 'nothing'}")
    for each in evidence.accepted:
        place = _original(evidence, each.place)
        outcome = _outcome(registered.get(place, ()), verdicts.get(place, ()))
        if not outcome:
            yield Finding("lost", f"fact {each.fact} of {each.key} at {_name(each.place)} is neither registered nor refused")
        elif outcome != each.expected:
            kind: Kind = "doubled" if each.expected == "refused" else "lost"
            yield Finding(
                kind, f"fact {each.fact} of {each.key} at {_name(place)} was {outcome}{_why(verdicts, place)}, not {each.expected}"
            )


def _check_waiting(place: Place, registered: Sequence[Message], said: Sequence[str]) -> Iterator[Finding]:
    """Yield what is wrong with what was said of a fact's waiting: it is said that it waits before it is released, and both once it is."""
    released = said.count("fact-released")
    if released > 1:
        yield Finding("doubled", f"{_name(place)} was released {released} times")
    if "fact-waiting" in said and bool(registered) != bool(released):
        yield Finding("lost", f"{_name(place)} has waited; it was {'registered' if registered else 'not registered'}, released {released}")
    if released and said.index("fact-released") < said.index("fact-waiting" if "fact-waiting" in said else "fact-released"):
        yield Finding("reordered", f"{_name(place)} was released before it waited")
    if released and "fact-waiting" not in said:
        yield Finding("lost", f"{_name(place)} was released, but nothing says that it waited")


def _outcome(registered: Sequence[Message], verdicts: Sequence[Message]) -> str:
    """Return what became of a fact: registered, released (after it waited), refused, waiting, or "" where nothing says so."""
    names = {message.name for message in verdicts}
    if registered:
        return "released" if "fact-waiting" in names else "registered"
    if names & REFUSALS:
        return "refused"
    return "waiting" if "fact-waiting" in names else ""


def _why(verdicts: Mapping[Place, Sequence[Message]], place: Place) -> str:
    codes = [str(each.data.get("code")) for each in verdicts.get(place, ()) if each.name in REFUSALS]
    return f" ({', '.join(codes)})" if codes else ""


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
