"""Clock, turns, journal, checkpoints and parking: what every schema has."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from operator import itemgetter
from typing import Any, TypeVar

from deploy.simulation.database import Database, answers
from shared.clock import QUERIES as CLOCK
from shared.journal.queries import QUERIES as JOURNAL
from shared.streaming.queries import QUERIES as STREAMING

T = TypeVar("T")
Rows = Sequence[Any]
PARKED = (
    "topic", "partition", "kafka_offset", "key", "value", "header_names", "header_values", "reason", "is_follower", "parked_at",
)  # fmt: skip


def kept(value: T) -> T:
    """Return a value as PostgreSQL gives it back: instants are in UTC there."""
    return value.astimezone(UTC) if isinstance(value, datetime) else value


@answers(CLOCK, "read_clock")
def read_clock(db: Database) -> Rows:
    """Tell the office's instant."""
    return [(kept(db.clocks.office),)]


@answers(JOURNAL, "lock_partition")
def lock_partition(db: Database, partition: int) -> Rows:
    """Tell a partition's turn."""
    turn = db["partition"].get(partition)
    return [] if turn is None else [(turn,)]


@answers(JOURNAL, "add_partition")
def add_partition(db: Database, partition: int) -> Rows:
    """Begin to count a partition's turns."""
    db.put("partition", partition, db["partition"].get(partition, 0))
    return []


@answers(JOURNAL, "end_turn")
def end_turn(db: Database, partition: int, _topics: Rows) -> Rows:
    """Count a turn."""
    db.put("partition", partition, db["partition"][partition] + 1)
    return []


@answers(JOURNAL, "take_positions")
def take_positions(db: Database, partition: int, topics: Sequence[str], counts: Sequence[int]) -> Rows:
    """Hand out positions."""
    rows = []
    for topic, count in zip(topics, counts, strict=True):
        last, sent = db["relay"].get((topic, partition), (0, 0))
        db.put("relay", (topic, partition), (last + count, sent))
        rows.append({"topic": topic, "last_position": last + count})
    return rows


@answers(JOURNAL, "write_journal")
def write_journal(db: Database, partition: int, topics: Sequence[str], numbers: Sequence[int], *columns: Rows) -> Rows:
    """Append outgoing events."""
    for number, *event in zip(numbers, *columns, strict=True):
        names = ("position", "key", "value", "cause", "previous_hash", "hash")
        row = dict(zip(names, event, strict=True))
        db.put("journal", (topics[number - 1], partition, row["position"]), row)
    return []


@answers(JOURNAL, "read_journal")
def read_journal(db: Database, topic: str, partition: int, sent: int, limit: int) -> Rows:
    """Tell what is to be sent."""
    last, _ = db["relay"].get((topic, partition), (0, 0))
    journal = db["journal"]
    found = (journal.get((topic, partition, position)) for position in range(sent + 1, last + 1))
    return [row for row in found if row is not None][:limit]


@answers(JOURNAL, "read_relay")
def read_relay(db: Database, topic: str, partition: int) -> Rows:
    """Tell the marks of a topic's partition."""
    marks = db["relay"].get((topic, partition))
    return [{"last_position": marks[0], "sent_position": marks[1]}] if marks else []


@answers(JOURNAL, "mark_sent")
def mark_sent(db: Database, topic: str, partition: int, position: int) -> Rows:
    """Move a mark, never backwards."""
    last, sent = db["relay"][topic, partition]
    db.put("relay", (topic, partition), (last, max(sent, position)))
    return []


@answers(STREAMING, "read_checkpoint")
def read_checkpoint(db: Database, topic: str, partition: int) -> Rows:
    """Tell a checkpoint."""
    found = db["checkpoint"].get((topic, partition))
    return [{"topic_id": None, "next_offset": found[0], "last_position": found[1]}] if found else []


@answers(STREAMING, "move_checkpoint")
def move_checkpoint(db: Database, topic: str, partition: int, next_offset: int, last_position: int) -> Rows:
    """Move a checkpoint."""
    db.put("checkpoint", (topic, partition), (next_offset, last_position))
    return []


@answers(STREAMING, "read_parked_keys")
def read_parked_keys(db: Database, topic: str, partition: int) -> Rows:
    """Tell which keys are parked."""
    return [{"key": row["key"]} for row in db["parked"].values() if (row["topic"], row["partition"]) == (topic, partition)]


@answers(STREAMING, "park")
def park(db: Database, *row: object) -> Rows:
    """Park a record."""
    db.put("parked", row[:3], dict(zip(PARKED, (*row, db.clocks.machine), strict=True)))
    return []


@answers(STREAMING, "list_parked_keys")
def list_parked_keys(db: Database, _limit: int | None) -> Rows:
    """Tell which keys are parked, each with its first record."""
    first: dict[tuple[Any, ...], dict[str, Any]] = {}
    for _, row in sorted(db["parked"].items()):
        found = first.setdefault((row["topic"], row["partition"], row["key"]), {**row, "records": 0})
        found["records"] += 1
    return list(first.values())


@answers(STREAMING, "read_parked_of")
def read_parked_of(db: Database, *args: Any) -> Rows:  # noqa: ANN401  columns, and how many records at most
    """Tell the parked records of keys, in order."""
    *columns, limit = args
    keys = {(topic, partition, key) for topic, partition, _, key in zip(*columns, strict=True)}
    rows = [row for _, row in sorted(db["parked"].items()) if (row["topic"], row["partition"], row["key"]) in keys]
    return rows[:limit]


@answers(STREAMING, "park_again")
def park_again(db: Database, topic: str, partition: int, offset: int, reason: str) -> Rows:
    """Keep why a record failed again."""
    row = db["parked"][topic, partition, offset]
    db.put("parked", (topic, partition, offset), {**row, "reason": reason, "is_follower": False})
    return []


@answers(STREAMING, "unpark")
def unpark(db: Database, topic: str, partition: int, offset: int) -> Rows:
    """Take a record out of the parking."""
    db.drop("parked", (topic, partition, offset))
    return [1]


@answers(STREAMING, "record_decision")
def record_decision(_db: Database, *_decision: object) -> Rows:
    """Note a decision, which nothing here reads again."""
    return []


def first_of(due: Iterable[tuple[int, datetime | None]]) -> Rows:
    """Tell the first instant of each partition."""
    first: dict[int, datetime] = {}
    for partition, at in due:
        if at is not None:
            first[partition] = min(at, first.get(partition, at))
    return [{"partition": partition, "fire_at": at} for partition, at in sorted(first.items(), key=itemgetter(1))]
