"""What the invariants are judged by, taken from Kafka, PostgreSQL and the API once the system has caught up."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from deploy.demo.settling import Snapshot
from deploy.demo.topics import Place, Published
from deploy.local.mailbox import Caught
from deploy.local.receiver import Received

Row = Any
Json = dict[str, Any]


@dataclass(frozen=True)
class Evidence:
    """The state of everything at one quiet moment; `now` is the office's instant.

    `receipts` tells what became of each fact that was answered 202, `received` how often each notice came over its unit's stream, `mail`
    and `webhooks` what left the house and was caught, in order; `contacts` counts the addresses of each unit by their kind.
    """

    now: datetime
    records: Sequence[Published]
    ends: Mapping[Place, int]
    snapshot: Snapshot
    parked: Sequence[Row]
    journals: Mapping[tuple[str, int, int], bytes]
    heads: Mapping[UUID, tuple[int, bytes]]
    receipts: Mapping[str, str]
    received: Mapping[UUID, Mapping[str, int]]
    acknowledged: frozenset[str]
    tasks: Sequence[Json]
    mail: Sequence[Caught] = ()
    webhooks: Sequence[Received] = ()
    contacts: Mapping[tuple[UUID, str], int] = field(default_factory=dict)

    def of(self, topic: str) -> list[Published]:
        """Return the records of a topic, each event once, in the order of positions (of offsets in the inbox)."""
        ordered = sorted((record for record in self.records if record.topic == topic), key=lambda each: (each.partition, each.offset))
        once = {(record.partition, record.position or -record.offset - 1): record for record in reversed(ordered)}
        return sorted(once.values(), key=lambda each: (each.partition, each.position or each.offset))
