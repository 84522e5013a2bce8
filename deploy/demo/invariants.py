"""The invariants, each checked for real on the evidence; a finding says what was checked, how much of it, and what is wrong."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar
from uuid import UUID

from deploy.demo.evidence import Evidence
from deploy.demo.folding import compare_read_model
from deploy.demo.reached import count_caught, find_unreached
from deploy.demo.settling import find_lags
from deploy.demo.stages import find_early, find_twice, find_unmissed, stages_of
from deploy.demo.topics import EVENTS, INBOX, NOTICES, SENT_BY_RELAYS, VERDICTS, Published
from shared.contracts import Contract
from shared.contracts.notifications import NoticeAcknowledged, NoticeEscalated, NoticeIssued
from shared.contracts.verdicts import FactExpired, FactRefused, FactWaiting
from shared.envelope import NO_HASH, chain

FINAL = ("registered", "refused", "duplicate", "waiting")

Data = TypeVar("Data", bound=Contract)
Head = tuple[int, bytes]
"""The newest version of a key, and its hash."""


@dataclass(frozen=True)
class Finding:
    """What was checked with its counts, and every breach in one line."""

    claim: str
    breaches: tuple[str, ...]


def check_all(evidence: Evidence) -> list[Finding]:
    """Check every invariant."""
    return [check(evidence) for check in CHECKS]


def check_receipts(evidence: Evidence) -> Finding:
    """Check that every fact that was answered 202 is in Kafka, and was registered or refused, is a repetition, or waits (invariant 1)."""
    counts = Counter(evidence.receipts.values())
    refused, waiting = _count_verdicts(evidence)
    breaches = [f"receipt {receipt} says {status!r}" for receipt, status in evidence.receipts.items() if status not in FINAL]
    pairs = (
        ("facts are in the inbox", len(evidence.of(INBOX)), "answered 202", len(evidence.receipts)),
        ("facts are in the journal", len(evidence.of(EVENTS)), "told as registered", counts["registered"]),
        ("refusals are in Kafka", refused, "told as refused", counts["refused"]),
        ("facts wait by what Kafka holds", waiting, "told as waiting", counts["waiting"]),
    )
    breaches += [f"{found} {what}, but {said} {how}" for what, found, how, said in pairs if found != said]
    claim = (
        f"{len(evidence.receipts)} facts answered 202 = {counts['registered']} registered + {counts['refused']} refused"
        f" + {counts['duplicate']} sent again" + (f" + {counts['waiting']} waiting" if counts["waiting"] else "")
    )
    return Finding(claim, tuple(breaches))


def _count_verdicts(evidence: Evidence) -> tuple[int, int]:
    """Return how many facts were refused (at once or in the end), and how many wait still, by what was said of each place of the inbox."""
    said: dict[str, set[type]] = {}
    for record in evidence.of(VERDICTS):
        said.setdefault(record.cause, set()).add(type(record.event.data))
    refused = sum(1 for kinds in said.values() if kinds & {FactRefused, FactExpired})
    return refused, sum(1 for kinds in said.values() if kinds == {FactWaiting})


def check_versions(evidence: Evidence) -> Finding:
    """Check that versions are contiguous from 1, and every hash is that of the one before and the bytes (invariant 2)."""
    streams: dict[str, list[Published]] = {}
    for record in evidence.of(EVENTS):
        streams.setdefault(record.event.partitionkey, []).append(record)
    breaches = [breach for key, records in streams.items() for breach in _walk_chain(key, records)]
    heads = {UUID(key): (len(records), bytes.fromhex(records[-1].hash)) for key, records in streams.items()}
    breaches += [f"the registrar goes on from another head of {key} than Kafka has" for key in _differing(heads, evidence.heads)]
    total = sum(map(len, streams.values()))
    return Finding(f"{total} registered facts: versions contiguous and hashes right in {len(streams)} chains", tuple(breaches))


def _walk_chain(key: str, records: Sequence[Published]) -> Iterator[str]:
    previous = NO_HASH
    for expected, record in enumerate(records, start=1):
        if record.event.version != expected:
            yield f"version {record.event.version} of {key} stands where {expected} should"
        if record.previous_hash != previous.hex() or record.hash != chain(previous, record.value).hex():
            yield f"version {record.event.version} of {key} does not fit the hash of the one before"
        previous = bytes.fromhex(record.hash)


def _differing(left: Mapping[UUID, Head], right: Mapping[UUID, Head]) -> list[UUID]:
    return sorted(key for key in left.keys() | right.keys() if left.get(key) != right.get(key))


def check_positions(evidence: Evidence) -> Finding:
    """Check that positions are gap-free in each topic and partition, and that what was sent twice is the same twice (invariant 6)."""
    breaches: list[str] = []
    seen: dict[tuple[str, int, int], bytes] = {}
    last: Counter[tuple[str, int]] = Counter()
    sent = sorted((each for each in evidence.records if each.topic in SENT_BY_RELAYS), key=lambda each: each.offset)
    for record in sent:
        place, at = (record.topic, record.partition), (record.topic, record.partition, record.position)
        if record.position > last[place] + 1:
            breaches.append(f"position {record.position} of {record.topic}/{record.partition} follows {last[place]}")
        if seen.setdefault(at, record.value) != record.value:
            breaches.append(f"position {record.position} of {record.topic}/{record.partition} was sent with two contents")
        last[place] = max(last[place], record.position)
    twice = len(sent) - len(seen)
    return Finding(f"{len(seen)} events in {len(SENT_BY_RELAYS)} topics: positions without a gap ({twice} sent twice)", tuple(breaches))


def check_journals(evidence: Evidence) -> Finding:
    """Check that Kafka holds what the journals hold, byte for byte (invariants 3 and 6)."""
    topic = {(each.topic, each.partition, each.position): each.value for each in evidence.records if each.position}
    places = sorted(key for key in topic.keys() | evidence.journals.keys() if topic.get(key) != evidence.journals.get(key))
    breaches = (f"{name}/{partition}: journal and topic differ at position {position}" for name, partition, position in places)
    return Finding(f"{len(evidence.journals)} events of the journals are in Kafka, byte for byte", tuple(breaches))


def check_causes(evidence: Evidence) -> Finding:
    """Check that every event names a cause that exists: a record in Kafka, a timer, a command or a delivery (invariant 6)."""
    there = {f"{each.topic}/{each.partition}/{each.offset}" for each in evidence.records}
    caused = [each for topic in SENT_BY_RELAYS for each in evidence.of(topic)]
    breaches = [
        f"{each.topic}/{each.partition}/{each.offset} names no cause that is there: {each.cause!r}"
        for each in caused
        if each.cause not in there and not each.cause.startswith(("timer/", "command/", "delivery/"))
    ]
    return Finding(f"{len(caused)} events name their cause, and it is there", tuple(breaches))


def check_checkpoints(evidence: Evidence) -> Finding:
    """Check that every checkpoint is at the end of its topic and every relay has sent all (invariant 4)."""
    lags = find_lags(evidence.snapshot, evidence.ends)
    return Finding(f"{len(evidence.snapshot.checkpoints)} checkpoints at the end of their topics, relays empty", tuple(lags))


def check_parked(evidence: Evidence) -> Finding:
    """Check that nothing had to be parked (invariant 5)."""
    breaches = [f"{row['service']}: {row['topic']}/{row['partition']}/{row['kafka_offset']}: {row['reason']}" for row in evidence.parked]
    return Finding(f"{len(breaches)} records parked", tuple(breaches))


def check_stages(evidence: Evidence) -> Finding:
    """Check that each stage fired once, none before its instant, and none that was due is missing (invariant 8)."""
    fired = stages_of(evidence)
    breaches = (*find_twice(fired), *find_early(fired), *find_unmissed(evidence))
    return Finding(f"{len(fired)} stages of deadlines fired, each once and not before its instant", breaches)


def check_notices(evidence: Evidence) -> Finding:
    """Check that there is one notice per (event, rule, recipient, channel), about an event that is in Kafka (invariant 9)."""
    notices = _data(evidence, NoticeIssued)
    told = Counter((each.about, each.rule, each.recipient, each.channel) for each in notices)
    known = {each.event.id for each in evidence.records if each.topic != NOTICES or isinstance(each.event.data, NoticeEscalated)}
    breaches = [f"{count} notices for {about}, {rule}, {recipient}" for (about, rule, recipient, _), count in told.items() if count > 1]
    breaches += [f"notice {each.notice} is about {each.about}, which is not in Kafka" for each in notices if each.about not in known]
    return Finding(f"{len(notices)} notices, one for each event, rule, recipient and channel", tuple(breaches))


def check_delivery(evidence: Evidence) -> Finding:
    """Check that each notice came over its unit's stream once, and that what was acknowledged there is in Kafka (invariant 9)."""
    notices = [each for each in _data(evidence, NoticeIssued) if each.channel == "inbox"]
    times = {str(each.notice): evidence.received.get(each.recipient, {}).get(str(each.notice), 0) for each in notices}
    said = Counter(str(each.notice) for each in _data(evidence, NoticeAcknowledged))
    breaches = [f"notice {notice} came {count} times" for notice, count in times.items() if count != 1]
    breaches += [f"the acknowledgement of {notice} is in Kafka {said[notice]} times" for notice in _uneven(said, evidence.acknowledged)]
    return Finding(f"{len(times)} notices came over SSE once each; {len(said)} were acknowledged, each once in Kafka", tuple(breaches))


def check_reached(evidence: Evidence) -> Finding:
    """Check that what left by mail and webhook arrived once under its own id, and is in Kafka with its delivery (invariant 9)."""
    caught = {channel: sum(ids.values()) for channel, ids in count_caught(evidence).items()}
    claim = f"{caught['mail']} letters and {caught['webhook']} webhooks caught, one for each notice and address, each told as delivered"
    return Finding(claim, tuple(find_unreached(evidence)))


def _uneven(said: Counter[str], acknowledged: Iterable[str]) -> list[str]:
    expected = set(acknowledged)
    return sorted(notice for notice in expected | said.keys() if said[notice] != (1 if notice in expected else 0))


def _data(evidence: Evidence, contract: type[Data]) -> list[Data]:
    return [record.event.data for record in evidence.of(NOTICES) if isinstance(record.event.data, contract)]


def check_read_model(evidence: Evidence) -> Finding:
    """Check that the API answers what a fold of the topics comes to (invariants 7 and 10)."""
    return Finding(f"{len(evidence.tasks)} tasks of the read model equal a fold of the topics", tuple(compare_read_model(evidence)))


CHECKS: tuple[Callable[[Evidence], Finding], ...] = (
    check_receipts,
    check_versions,
    check_positions,
    check_journals,
    check_causes,
    check_checkpoints,
    check_parked,
    check_stages,
    check_notices,
    check_delivery,
    check_reached,
    check_read_model,
)
