"""The evidence of a small month that went well, to be spoilt by tests one piece at a time."""

from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from deploy.demo.evidence import Evidence
from deploy.demo.folding import fold_statuses
from deploy.demo.settling import FOLLOWED, Snapshot
from deploy.demo.topics import DEADLINES, EVENTS, INBOX, NOTICES, VERDICTS, Published, published
from deploy.local.mailbox import Caught
from deploy.local.receiver import Received
from services.directives.domain.status import Status
from shared.contracts.notifications import Channel, NoticeAcknowledged, NoticeDelivered, NoticeIssued
from shared.contracts.verdicts import FactRefused
from shared.envelope import Event, encode, event_of
from tests.support.april import COMMITTEE, DIRECTIVE, HOME_AFFAIRS, Journal, hanoi, named, play
from tests.support.records import FakeRecord

NOW = hanoi(7, month=5)
READ, UNREAD = str(named("notice 1")), str(named("notice 2"))
BY_MAIL, BY_WEBHOOK = str(named("notice 3")), str(named("notice 4"))


def good_evidence() -> Evidence:
    """Return evidence in which every invariant holds."""
    journal = Journal()
    play(journal)
    records = [published(each) for each in (*journal.records, *journal.deadlines)]
    records += [*_inbox(records), *_verdicts(records), *_notices(records)]
    ends = {(topic, 0): sum(each.topic == topic for each in records) for topic in (INBOX, EVENTS, VERDICTS, DEADLINES, NOTICES)}
    checkpoints = {(service, topic, 0): ends[topic, 0] for service, topics in FOLLOWED.items() for topic in topics}
    evidence = Evidence(
        now=NOW, records=records, ends=ends, snapshot=Snapshot([], checkpoints, 0, None), parked=[],
        journals={(each.topic, each.partition, each.position): each.value for each in records if each.position},
        heads=_heads(records), receipts=_receipts(records),
        received={COMMITTEE: {READ: 1}, HOME_AFFAIRS: {UNREAD: 1}}, acknowledged=frozenset({READ}), tasks=[],
        mail=[Caught("0001.eml", "don-doc@a.example", ("noivu@a.example",), f"<{BY_MAIL}@a.example>", "Quá hạn")],
        webhooks=[Received(BY_WEBHOOK, is_verified=True, body={"data": {"title": "Quá hạn"}})],
        contacts={(HOME_AFFAIRS, "mail"): 1, (COMMITTEE, "webhook"): 1},
    )  # fmt: skip
    return replace(evidence, tasks=[_task(task, status) for task, status in fold_statuses(evidence).items()])


def _of(records: list[Published], topic: str) -> list[Published]:
    return [each for each in records if each.topic == topic]


def _inbox(records: list[Published]) -> list[Published]:
    """Return each fact as it was received, and one more that was refused."""
    values = [replace(each, topic=INBOX, position=0, cause="", previous_hash="", hash="") for each in _of(records, EVENTS)]
    return [*values, replace(values[0], offset=len(values))]


def _verdicts(records: list[Published]) -> list[Published]:
    data = FactRefused(fact_id="1", fact_source="/offices", fact_type="t", code="task-unknown", reason="no", reason_vi="không")
    event = event_of(data, id="refused-1", source="/services/directives", subject=str(DIRECTIVE), key=str(DIRECTIVE))
    return [send(VERDICTS, 1, event, f"{INBOX}/0/{len(_of(records, EVENTS))}")]


def _notices(records: list[Published]) -> list[Published]:
    missed = next(each for each in _of(records, DEADLINES) if "missed" in each.event.type)
    cause = f"{DEADLINES}/0/{missed.offset}"
    common: dict[str, Any] = {
        "rule": "deadline-missed", "directive": DIRECTIVE, "task": missed.event.data.task, "about": missed.event.id,
        "title": "Quá hạn", "body": "Quá hạn",
    }  # fmt: skip
    told: tuple[tuple[str, UUID, Channel], ...] = (
        (READ, COMMITTEE, "inbox"), (UNREAD, HOME_AFFAIRS, "inbox"), (BY_MAIL, HOME_AFFAIRS, "mail"), (BY_WEBHOOK, COMMITTEE, "webhook"),
    )  # fmt: skip
    issued = [NoticeIssued(notice=UUID(notice), recipient=unit, channel=channel, **common) for notice, unit, channel in told]
    read = NoticeAcknowledged(notice=UUID(READ), recipient=COMMITTEE, directive=DIRECTIVE, acknowledged_by="H10.21")
    ended = [
        NoticeDelivered(notice=each.notice, recipient=each.recipient, directive=DIRECTIVE, channel=each.channel, attempts=1)
        for each in issued[2:]
    ]
    caused: list[tuple[NoticeIssued | NoticeAcknowledged | NoticeDelivered, str]] = [(data, cause) for data in issued]
    caused += [(read, "command/1"), *((data, "command/2") for data in ended)]
    return [send(NOTICES, number, notice_event(data), why) for number, (data, why) in enumerate(caused, start=1)]


def notice_event(data: NoticeIssued | NoticeAcknowledged | NoticeDelivered) -> Event:
    """Return the event of a notice."""
    return event_of(data, id=f"{data.NAME}-{data.notice}", source="/services/notifications", subject=str(data.notice), key=str(DIRECTIVE))


def send(topic: str, position: int, event: Event, cause: str) -> Published:
    """Return a record as a relay sends it, at the offset that its position comes to when nothing was sent twice."""
    headers = (("position", str(position).encode()), ("cause", cause.encode()))
    return published(FakeRecord(topic, 0, position - 1, 0, event.partitionkey.encode(), encode(event), headers))


def _heads(records: list[Published]) -> dict[UUID, tuple[int, bytes]]:
    return {UUID(each.event.partitionkey): (each.event.version or 0, bytes.fromhex(each.hash)) for each in _of(records, EVENTS)}


def _receipts(records: list[Published]) -> dict[str, str]:
    registered = {f"0-{each.offset}": "registered" for each in _of(records, EVENTS)}
    return {**registered, f"0-{len(registered)}": "refused"}


def _task(task: UUID, status: Status) -> dict[str, Any]:
    due = status.due.isoformat() if status.due else None
    return {"id": str(task), "status": {"work": status.work, "time": status.time}, "due": due}


def changed(evidence: Evidence, index: int, **fields: object) -> Evidence:
    """Return the evidence with one record changed."""
    records = list(evidence.records)
    records[index] = replace(records[index], **fields)  # type: ignore[arg-type]
    return replace(evidence, records=records)


def index_of(evidence: Evidence, topic: str, number: int = 0) -> int:
    """Return where the n-th record of a topic stands."""
    return [index for index, each in enumerate(evidence.records) if each.topic == topic][number]


def moved(event: Event, at: datetime) -> Event:
    """Return the event as if it had been registered at another instant."""
    return msgspec.structs.replace(event, registeredtime=at)
