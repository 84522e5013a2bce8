"""Mail: told of what the log holds, under one id, never before its time, not after it was taken, given up after the last attempt only."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import pairwise
from uuid import UUID

from deploy.chaos.evidence import NOTICES, Finding
from deploy.simulation.courier import Tried
from deploy.simulation.database import Database
from deploy.simulation.office import Office

WAITS = tuple(map(timedelta.total_seconds, (
    timedelta(0), timedelta(seconds=5), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=5),
    timedelta(hours=10), timedelta(hours=14), timedelta(hours=20), timedelta(hours=24),
)))  # fmt: skip
"""The least that lies before each attempt, but for the jitter."""
JITTER = 0.2


def judge_mail(office: Office) -> Iterator[Finding]:
    """Yield what is wrong with how mail was sent."""
    db = office.databases["notifications"]
    yield from _judge_copies(db, has_mail=bool(office.around.channels))
    by_delivery: dict[UUID, list[Tried]] = defaultdict(list)
    for each in office.courier.tried:
        by_delivery[each.delivery].append(each)
        if not each.is_told:
            yield Finding("early", f"notice {each.message_id} was sent by mail before the log held it")
    for delivery, row in db["delivery"].items():
        yield from _judge_delivery(db, delivery, row["state"], by_delivery[delivery])
    yield from _judge_endings(office, db)


def _judge_copies(db: Database, *, has_mail: bool) -> Iterator[Finding]:
    for row in db["notice"].values() if has_mail else ():
        copies = [each for each in db["notice"].values() if _names(each) == _names(row) and each["channel"] == "mail"]
        if len(copies) != 1:
            yield Finding("lost", f"notice {row['notice']} was issued by mail {len(copies)} times")


def _names(row: dict[str, object]) -> tuple[object, ...]:
    return row["about"], row["rule"], row["recipient"]


def _judge_delivery(db: Database, delivery: UUID, state: str, tried: Sequence[Tried]) -> Iterator[Finding]:
    notice = db["delivery"][delivery]["notice"]
    if {each.message_id for each in tried} - {notice}:
        yield Finding("doubled", f"delivery {delivery} was tried under other ids than {notice}")
    written = [number for of, number in db["attempt"] if of == delivery]
    numbers = [each.number for each in tried]
    if sorted(set(numbers)) != numbers or not set(numbers) <= set(written):
        yield Finding("lost", f"the attempts at delivery {delivery} have the numbers {numbers}, of which {written} were written down")
    for before, after in pairwise(tried):
        least = WAITS[min(after.number, len(WAITS)) - 1] * (1 - JITTER)
        if (after.at - before.at).total_seconds() < least - 1:
            yield Finding("early", f"attempt {after.number} at delivery {delivery} came {after.at - before.at} after the one before")
    outcomes = [db["attempt"][delivery, each.number]["outcome"] for each in tried if (delivery, each.number) in db["attempt"]]
    if "delivered" in outcomes[:-1]:
        yield Finding("doubled", f"delivery {delivery} was tried again after it had been taken")
    if state in ("failed", "unknown") and "refused" not in outcomes and len(written) != len(WAITS):
        yield Finding("lost", f"delivery {delivery} was given up after {len(written)} attempts")
    if state == "pending":
        yield Finding("lost", f"delivery {delivery} is still pending")


def _judge_endings(office: Office, db: Database) -> Iterator[Finding]:
    ended = {row["notice"] for row in db["delivery"].values()}
    if ended != set(db["ending"]):
        yield Finding("lost", f"the notices {ended ^ set(db['ending'])} have deliveries or an ending alone")
    last = office.ends_of(NOTICES)
    for notice, (partition, position, _) in db["ending"].items():
        if position > last.get(partition, 0):
            yield Finding("lost", f"the ending of notice {notice} is not in the log")
