"""What a reader saw during the faults is what the topics hold in the end: nothing vanished, changed, was skipped, or came again."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise

from deploy.chaos.evidence import Evidence, Finding, digest


def check_witnessed(evidence: Evidence) -> Iterator[Finding]:
    """Yield records that were read and are gone or others now, polls that went back, and records that a reader was never given."""
    for (topic, partition), seen in sorted(evidence.witnessed.items()):
        held = {each.offset: digest(each.value) for each in evidence.topics.get(topic, ()) if each.partition == partition}
        yield from _check_one(f"{topic}/{partition}", seen, held)


def _check_one(where: str, seen: Sequence[tuple[int, bytes]], held: Mapping[int, bytes]) -> Iterator[Finding]:
    for (before, _), (after, _) in pairwise(seen):
        if after <= before:
            yield Finding("reordered", f"a reader of {where} was given offset {after} after {before}")
    for offset, value in seen:
        if offset not in held:
            yield Finding("lost", f"{where}/{offset} was read during the run and is gone")
        elif held[offset] != value:
            yield Finding("lost", f"{where}/{offset} was read during the run with other content")
    offsets = {offset for offset, _ in seen}
    for offset in sorted(each for each in held.keys() - offsets if each < max(offsets, default=0)):
        yield Finding("lost", f"{where}/{offset} was skipped for a reader who was given what came after it")
