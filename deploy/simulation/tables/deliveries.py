"""Deliveries by mail: claims under a lease, attempts, endings; "now" is the machine's time."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any
from uuid import UUID

from deploy.chaos.evidence import NOTICES
from deploy.simulation.database import Database, answers
from services.notifications.queries import DELIVERIES, QUERIES

Rows = Sequence[Any]


@answers(QUERIES, "add_deliveries")
def add_deliveries(db: Database, partition: int, *columns: Rows) -> Rows:
    """Add what is to be sent."""
    for delivery, notice, position, contact, kind, lane in zip(*columns, strict=True):
        row = {
            "delivery": delivery, "notice": notice, "partition": partition, "position": position, "contact": contact, "kind": kind,
            "lane": lane, "state": "pending", "attempts": 0, "next_at": db.clocks.machine, "leased_until": None,
        }  # fmt: skip
        db.put("delivery", delivery, row)
    return []


@answers(DELIVERIES, "claim_deliveries")
def claim_deliveries(
    db: Database, lanes: Sequence[str], rooms: Sequence[int], lease: float, steps: Sequence[float], attempts: int
) -> Rows:  # fmt: skip
    """Take what is due where Kafka has the notice."""
    chosen: list[dict[str, Any]] = []
    for lane, room in zip(lanes, rooms, strict=True):
        due = [row for row in db["delivery"].values() if row["lane"] == lane and _is_due(db, row)]
        chosen += sorted(due, key=lambda row: (row["next_at"], row["delivery"]))[:room]
    return [_claimed(db, row, lease, steps, attempts) for row in chosen]


def _is_due(db: Database, row: dict[str, Any]) -> bool:
    now, sent = db.clocks.machine, db["relay"].get((NOTICES, row["partition"]), (0, 0))[1]
    is_free = row["leased_until"] is None or row["leased_until"] <= now
    return row["state"] == "pending" and row["position"] <= sent and row["next_at"] <= now and is_free


def _claimed(db: Database, row: dict[str, Any], lease: float, steps: Sequence[float], most: int) -> dict[str, Any]:
    now, done = db.clocks.machine, row["attempts"]
    has_attempt = done < most
    step = steps[done + 1] if done + 1 < len(steps) else 0.0
    claimed = {
        **row, "attempts": done + has_attempt, "leased_until": now + timedelta(seconds=lease),
        "next_at": now + timedelta(seconds=max(lease, step)),
    }  # fmt: skip
    db.put("delivery", row["delivery"], claimed)
    if has_attempt:
        db.put("attempt", (row["delivery"], claimed["attempts"]), {"started_at": now, "outcome": "unknown", "code": None})
    notice = db["notice"][row["notice"]]
    return {
        **notice, **claimed, "has_contact": True, "has_attempt": has_attempt, "address": db["contact"][row["contact"]][2], "label": None,
        "unit": notice["recipient"], "code": "", "name": "", "earlier": [],
    }  # fmt: skip


@answers(DELIVERIES, "end_attempts")
def end_attempts(db: Database, deliveries: Sequence[UUID], *columns: Rows) -> Rows:
    """Write down what came of attempts."""
    for delivery, number, outcome, code, _detail in zip(deliveries, *columns, strict=True):
        db.put("attempt", (delivery, number), {**db["attempt"][delivery, number], "outcome": outcome, "code": code})
    return []


@answers(DELIVERIES, "put_off")
def put_off(db: Database, delivery: UUID, attempts: int, seconds: float) -> Rows:
    """Let a delivery wait for its next attempt."""
    row = db["delivery"][delivery]
    if row["attempts"] == attempts and row["state"] == "pending":
        db.put("delivery", delivery, {**row, "next_at": db.clocks.machine + timedelta(seconds=seconds), "leased_until": None})
    return []


@answers(DELIVERIES, "finish_deliveries")
def finish_deliveries(db: Database, *columns: Rows) -> Rows:
    """End deliveries."""
    for delivery, attempts, state in zip(*columns, strict=True):
        row = db["delivery"][delivery]
        if row["state"] == "pending" and (state == "delivered" or row["attempts"] == attempts):
            is_unknown = state != "delivered" and any(
                each["outcome"] == "unknown" for (of, _), each in db["attempt"].items() if of == delivery
            )  # fmt: skip
            db.put("delivery", delivery, {**row, "state": "unknown" if is_unknown else state, "leased_until": None})
    return []


@answers(DELIVERIES, "read_standings")
def read_standings(db: Database, notices: Sequence[UUID]) -> Rows:
    """Tell how the deliveries of notices stand of which nothing was told yet."""
    rows = [row for row in db["delivery"].values() if row["notice"] in notices and row["notice"] not in db["ending"]]
    return [_standing(db, row) for row in sorted(rows, key=lambda row: (row["position"], row["delivery"]))]


def _standing(db: Database, row: dict[str, Any]) -> dict[str, Any]:
    notice = db["notice"][row["notice"]]
    tries = [(each["outcome"] == row["state"], number, each) for (of, number), each in db["attempt"].items() if of == row["delivery"]]
    _, number, best = max(tries, key=lambda each: each[:2], default=(False, None, {"code": None}))
    told = {name: notice[name] for name in ("notice", "recipient", "directive", "channel")}
    return {**told, "state": row["state"], "attempts": row["attempts"], "number": number, "code": best["code"]}


@answers(DELIVERIES, "add_endings")
def add_endings(db: Database, partition: int, notices: Sequence[UUID], positions: Sequence[int], *columns: Any) -> Rows:  # noqa: ANN401
    """Add what came of notices."""
    for notice, position, outcome in zip(notices, positions, columns[0], strict=True):
        db.put("ending", notice, (partition, position, outcome))
    return []
