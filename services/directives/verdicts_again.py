"""Verdicts that a lost database took with it: the registered fact is in Kafka, and what was to tell of it elsewhere is not.

Each topic is relayed by itself, so when the database is lost one of them may lack what another one holds. What is said again has the id
that it would have had.
"""

from datetime import datetime
from typing import Any
from uuid import uuid5

from services.directives.rebuild_queries import QUERIES
from services.directives.repository import QUERIES as STORED
from services.directives.verdicts import EVENTS, NAMESPACE, SOURCE, TOPICS_OF_PUBLISHERS, VERDICTS
from shared.contracts import type_of
from shared.contracts.registry import PublisherAuthorised, publisher_key
from shared.contracts.verdicts import FactRegistered, FactReleased, Verdict
from shared.envelope import Event, decode, encode
from shared.journal.unit_of_work import Outgoing, UnitOfWork

IS_REGISTERED = f'"type":"{type_of(FactRegistered)}"'.encode()
"""A part of every verdict that a fact was registered, which no text in one can hold."""


async def say_again(work: UnitOfWork) -> None:
    """Say in each topic of the turn's partition what another one proves to have been said."""
    rows = await work.connection.fetch(QUERIES["read_unreleased"], work.partition, EVENTS, VERDICTS)
    if rows:
        await work.publish(VERDICTS, [_released(decode(row["value"]), row["cause"]) for row in rows])
    for row in await work.connection.fetch(QUERIES["list_own_topics"], f"^{TOPICS_OF_PUBLISHERS}$"):
        await _tell_publisher(work, row["topic"])


async def _tell_publisher(work: UnitOfWork, topic: str) -> None:
    publisher = topic.removeprefix("publishers.").removesuffix(".verdicts.v1")
    since = await _first_told(work, publisher)
    if since is None:
        return
    rows = await work.connection.fetch(QUERIES["read_untold"], work.partition, publisher, EVENTS, VERDICTS, topic, IS_REGISTERED)
    untold = [(event, row) for row in rows if (event := decode(row["value"])).registeredtime and event.registeredtime >= since]
    if untold:
        await work.publish(topic, [_told(event, row) for event, row in sorted(untold, key=_order)])


def _order(untold: tuple[Event, Any]) -> tuple[datetime | None, int, bool]:
    event, row = untold
    return event.registeredtime, int(row["cause"].rpartition("/")[2]), row["topic"] == EVENTS


async def _first_told(work: UnitOfWork, publisher: str) -> datetime | None:
    """Return when the publisher was first given a topic."""
    rows = await work.connection.fetch(STORED["read_histories"], EVENTS, [str(publisher_key(publisher)).encode()])
    said = [decode(row["value"]) for row in rows]
    return next((each.registeredtime for each in said if isinstance(each.data, PublisherAuthorised) and each.data.has_topic), None)


def _told(event: Event, row: Any) -> Outgoing:  # noqa: ANN401  asyncpg's rows are not typed
    if row["topic"] != EVENTS:
        return Outgoing(event.partitionkey.encode(), row["value"], row["cause"])
    said = FactRegistered(**_names(event), version=event.version or 0, hash=row["hash"].hex())
    return _outgoing(event, said, row["cause"], "/registered")


def _released(event: Event, cause: str) -> Outgoing:
    return _outgoing(event, FactReleased(**_names(event), version=event.version or 0), cause, "/released")


def _outgoing(event: Event, said: Verdict, cause: str, what: str) -> Outgoing:
    told = Event(
        specversion="1.0", id=str(uuid5(NAMESPACE, cause + what)), source=SOURCE, type=type_of(type(said)), subject=event.subject,
        partitionkey=event.partitionkey, receivedtime=event.receivedtime, publisher=event.publisher, registeredtime=event.registeredtime,
        data=said,
    )  # fmt: skip
    return Outgoing(event.partitionkey.encode(), encode(told), cause)


def _names(event: Event) -> dict[str, str]:
    return {"fact_id": event.id, "fact_source": event.source, "fact_type": event.type}
