"""Agencies' own topics: each fact that came over Kafka has its one verdict there, and nobody finds what concerns others."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping

from deploy.chaos.checking.logs import settle
from deploy.chaos.evidence import INBOX, OWN_VERDICTS, Accepted, Evidence, Finding, Place
from shared.kafka_access import verdict_topic_of

CLOSING: Mapping[str, str] = {"fact-registered": "registered", "fact-refused": "refused", "fact-expired": "refused"}


def check_own_verdicts(evidence: Evidence) -> Iterator[Finding]:
    """Yield facts of agencies without their verdict, with two, or with another than expected, and verdicts of others' facts."""
    told: dict[tuple[str, Place], Counter[str]] = defaultdict(Counter)
    for topic, messages in evidence.topics.items():
        if topic.startswith(OWN_VERDICTS):
            for message in settle(messages):
                place = _place(message.cause)
                told[topic, place][CLOSING.get(message.name, message.name)] += 1
    for each in evidence.accepted:
        if each.origin:
            yield from _check_one(each, told.pop(_asked(evidence, each), Counter()))
    origins = {(message.partition, message.offset): message.origin for message in evidence.topics.get(INBOX, ())}
    for topic, place in told:
        own = topic.removesuffix(".verdicts.v1") + ".v1/"
        if not origins.get(place, "").startswith(own):
            yield Finding("doubled", f"{topic} tells of {INBOX}/{place[0]}/{place[1]}, which is not this agency's")


def _check_one(fact: Accepted, told: Counter[str]) -> Iterator[Finding]:
    expected = "refused" if fact.expected == "refused" else "registered"
    verdicts = told["registered"] + told["refused"]
    if verdicts > 1:
        yield Finding("doubled", f"agency's fact {fact.fact} of {fact.origin} has {verdicts} verdicts in its own topic")
    elif not told[expected]:
        yield Finding("lost", f"agency's fact {fact.fact} of {fact.origin} was not told as {expected} in its own topic: {dict(told)}")


def _asked(evidence: Evidence, fact: Accepted) -> tuple[str, Place]:
    receipt = evidence.receipts.get(fact.place)
    slug = fact.origin.split("/")[0].removeprefix("publishers.").removesuffix(".v1")
    return verdict_topic_of(slug), receipt.original if receipt and receipt.original else fact.place


def _place(cause: str) -> Place:
    _, partition, offset = cause.rsplit("/", 2)
    return int(partition), int(offset)
