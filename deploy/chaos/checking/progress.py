"""Whether everything was applied: checkpoints at the ends of their topics, and nothing parked."""

from collections.abc import Iterator

from deploy.chaos.evidence import FOLLOWS, INBOX, Evidence, Finding


def check_progress(evidence: Evidence) -> Iterator[Finding]:
    """Yield partitions that were not applied to their end, and records that were put aside."""
    for schema in evidence.schemas:
        for topic in FOLLOWS[schema]:
            yield from _check_checkpoints(evidence, schema, topic)
    for parked in evidence.parked:
        yield Finding("lost", f"{parked.schema} parked {parked.where}: {parked.reason}")


def _check_checkpoints(evidence: Evidence, schema: str, topic: str) -> Iterator[Finding]:
    for partition, end in sorted((partition, end) for (name, partition), end in evidence.ends.items() if name == topic):
        checkpoint = evidence.checkpoints.get((schema, topic, partition))
        if checkpoint is None or checkpoint.next_offset != end:
            at = checkpoint.next_offset if checkpoint else None
            yield Finding("lost", f"{schema} has applied {topic}/{partition} up to {at}, its end is {end}")
        elif topic != INBOX and checkpoint.last_position != _last_position(evidence, topic, partition):
            yield Finding("lost", f"{schema} has applied {topic}/{partition} up to position {checkpoint.last_position} only")


def _last_position(evidence: Evidence, topic: str, partition: int) -> int:
    return max((message.position for message in evidence.topics.get(topic, ()) if message.partition == partition), default=0)
