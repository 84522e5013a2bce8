"""The registrar's tables: facts, names, streams, units, publishers, what waits, receipts."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from deploy.simulation.database import Database, answers
from services.directives.repository import QUERIES

Rows = Sequence[Any]


@answers(QUERIES, "claim_facts")
def claim_facts(db: Database, partition: int, *columns: Rows) -> Rows:
    """Enter facts that were never judged."""
    won = []
    for identity, digest, offset in zip(*columns, strict=True):
        if identity not in db["fact"]:
            db.put("fact", identity, (identity, digest, partition, offset))
            won.append((offset,))
    return won


@answers(QUERIES, "read_facts")
def read_facts(db: Database, identities: Sequence[bytes]) -> Rows:
    """Tell where facts were judged."""
    return [db["fact"][each] for each in identities if each in db["fact"]]


@answers(QUERIES, "claim_names")
def claim_names(db: Database, *columns: Rows) -> Rows:
    """Take names that are free."""
    won = []
    for kind, name, owner in zip(*columns, strict=True):
        if (kind, name) not in db["claim"]:
            db.put("claim", (kind, name), owner)
            won.append((kind, name))
    return won


@answers(QUERIES, "read_claims")
def read_claims(db: Database, kinds: Sequence[str], names: Sequence[str]) -> Rows:
    """Tell whom names belong to."""
    return [(*name, db["claim"][name]) for name in zip(kinds, names, strict=True) if name in db["claim"]]


@answers(QUERIES, "release_claims")
def release_claims(db: Database, kinds: Sequence[str], names: Sequence[str]) -> Rows:
    """Give names back."""
    for name in zip(kinds, names, strict=True):
        db.drop("claim", name)
    return []


@answers(QUERIES, "pass_claims")
def pass_claims(db: Database, kinds: Sequence[str], names: Sequence[str], owners: Sequence[UUID]) -> Rows:
    """Give names to other keys."""
    for kind, name, owner in zip(kinds, names, owners, strict=True):
        db.put("claim", (kind, name), owner)
    return []


@answers(QUERIES, "read_streams")
def read_streams(db: Database, keys: Sequence[UUID]) -> Rows:
    """Tell the newest version of keys."""
    return [(key, *db["stream"][key]) for key in keys if key in db["stream"]]


@answers(QUERIES, "write_streams")
def write_streams(db: Database, _partition: int, keys: Sequence[UUID], *columns: Rows) -> Rows:
    """Store the newest version of keys."""
    for key, *stream in zip(keys, *columns, strict=True):
        db.put("stream", key, tuple(stream))
    return []


@answers(QUERIES, "read_units")
def read_units(db: Database, units: Sequence[UUID]) -> Rows:
    """Tell which units are registered."""
    return [(unit,) for unit in units if unit in db["unit"]]


@answers(QUERIES, "write_units")
def write_units(db: Database, units: Sequence[UUID], codes: Sequence[str]) -> Rows:
    """Enter units."""
    for unit, code in zip(units, codes, strict=True):
        if unit not in db["unit"]:
            db.put("unit", unit, code)
    return []


@answers(QUERIES, "read_histories")
def read_histories(db: Database, topic: str, keys: Sequence[bytes]) -> Rows:
    """Tell all that was registered under keys."""
    wanted = set(keys)
    return [(row["value"],) for (name, _, _), row in db["journal"].items() if name == topic and row["hash"] and row["key"] in wanted]


@answers(QUERIES, "read_waiting")
def read_waiting(db: Database, keys: Sequence[UUID]) -> Rows:
    """Tell what waits for keys."""
    wanted = set(keys)
    found = [row for row in db["waiting"].values() if row["key"] in wanted]
    return [
        (row["key"], row["kafka_offset"], row["subject"], row["need_kind"], row["need_id"], row["expires_at"], len(row["value"]))
        for row in sorted(found, key=lambda row: row["kafka_offset"])
    ]


def _stored(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in ("kafka_offset", "key", "value", "need_kind", "need_id", "expires_at"))


@answers(QUERIES, "read_waiting_values")
def read_waiting_values(db: Database, partition: int, offsets: Sequence[int]) -> Rows:
    """Tell facts that wait."""
    return [_stored(db["waiting"][partition, offset]) for offset in offsets if (partition, offset) in db["waiting"]]


@answers(QUERIES, "write_needs")
def write_needs(db: Database, partition: int, offsets: Sequence[int], *columns: Rows) -> Rows:
    """Note what facts wait for now."""
    for offset, kind, name in zip(offsets, *columns, strict=True):
        db.put("waiting", (partition, offset), {**db["waiting"][partition, offset], "need_kind": kind, "need_id": name})
    return []


@answers(QUERIES, "end_waiting")
def end_waiting(db: Database, partition: int, offsets: Sequence[int]) -> Rows:
    """Take out facts that wait no more."""
    for offset in offsets:
        db.drop("waiting", (partition, offset))
    return []


@answers(QUERIES, "find_expired")
def find_expired(db: Database, now: datetime) -> Rows:
    """Tell where something has waited too long."""
    return [(partition,) for partition in sorted({row["partition"] for row in db["waiting"].values() if row["expires_at"] <= now})]


@answers(QUERIES, "read_expired")
def read_expired(db: Database, partition: int, now: datetime, limit: int) -> Rows:
    """Tell what has waited too long."""
    rows = [row for (place, _), row in sorted(db["waiting"].items()) if place == partition and row["expires_at"] <= now]
    return [_stored(row) for row in rows[:limit]]


@answers(QUERIES, "judge_receipts")
def judge_receipts(
    db: Database, partition: int, offsets: Sequence[int], outcomes: Sequence[str], positions: Sequence[int], *columns: Rows
) -> Rows:
    """Note what became of facts that have waited."""
    for offset, outcome, position, waiting_position in zip(offsets, outcomes, positions, columns[4], strict=True):
        before = db["receipt"][partition, offset]
        waited = before["waiting_position"] if waiting_position is None else waiting_position
        db.put("receipt", (partition, offset), {**before, "outcome": outcome, "position": position, "waiting_position": waited})
    return []


@answers(QUERIES, "read_receipts")
def read_receipts(db: Database, partitions: Sequence[int], offsets: Sequence[int], events: str, verdicts: str) -> Rows:
    """Tell what became of records, as far as the log says so by the relay's marks."""
    rows = []
    for place in zip(partitions, offsets, strict=True):
        mine = db["receipt"].get(place)
        if mine is not None and mine["outcome"] != "duplicate":
            sent = {topic: db["relay"].get((topic, place[0]), (0, 0))[1] for topic in (events, verdicts)}
            is_told = sent[events if mine["outcome"] == "registered" else verdicts] >= mine["position"]
            is_waiting = mine["waiting_position"] is not None and sent[verdicts] >= mine["waiting_position"]
            if is_told or is_waiting:
                rows.append({"is_duplicate": False, "outcome": mine["outcome"] if is_told else "waiting"})
    return rows
