"""How the registrar's tables come out of the topics again: by folding what it has published, never by judging again.

Only records of the inbox without a verdict are judged: repeats, which have none, and those whose verdict was lost with the database, so
that nobody was ever told it.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import cast
from uuid import UUID

import msgspec

from services.directives.domain import INTERNAL_PUBLISHERS, Claim, Past, Unit, claims_of, evolve, fold, may_use, names_of
from services.directives.inbox import INBOX, Entry, fact_identity, identity_of
from services.directives.names import key_of
from services.directives.queues import Waiting
from services.directives.rebuild_queries import QUERIES
from services.directives.registering import Now, Registrar
from services.directives.repository import Stream, past_of, read_histories, read_streams, write_publishers, write_streams, write_units
from services.directives.verdicts import EVENTS, TOPICS_OF_PUBLISHERS, VERDICTS, Refusal
from services.directives.verdicts_again import say_again
from services.directives.waiting import Limits, end_waiting, write_needs, write_waiting
from shared.contracts.registry import PublisherAuthorised
from shared.contracts.verdicts import FactExpired, FactRefused, FactWaiting, Verdict
from shared.contracts.voiding import FactVoided
from shared.envelope import Event, content_digest, decode, header
from shared.journal.unit_of_work import UnitOfWork
from shared.postgres import Connection
from shared.rebuild.plan import Output, RebuildPlan
from shared.rebuild.reading import position_of
from shared.sql import Queries
from shared.streaming.app import Subscription
from shared.streaming.runs import Record

SCHEMA = "registrar"
UNREAD = frozenset({"malformed", "not-a-fact", "source-taken"})
"""The refusals that come before a source is taken."""

Said = tuple[Record, int, Event]
"""A record of our own, the place in the inbox of what it follows from, and the event in it."""


def plan_rebuild(sources: Sequence[tuple[str, str]], partitions: int, now: Now, limits: Limits) -> RebuildPlan:
    """Return the plan over the migrations that make the schema."""
    registrar = Registrar(partitions, now, limits)

    async def learn(work: UnitOfWork, records: Sequence[Record]) -> None:
        await learn_inbox(work, records, registrar)

    return RebuildPlan(
        SCHEMA, sources, [Subscription(INBOX, learn, has_positions=False)], Queries("services.directives", "sql/registrar/tables.sql"),
        outputs=[Output(EVENTS, fold_events), Output(VERDICTS, fold_verdicts), Output("", pattern=TOPICS_OF_PUBLISHERS)],
        answered=read_answered, prepare=_prepare, settle=_settle, mend=say_again, clean=_clean,
    )  # fmt: skip


async def read_answered(connection: Connection) -> Mapping[tuple[str, int], int]:
    """Return up to where the inbox was judged, as far as Kafka tells."""
    return {(INBOX, row["partition"]): row["next_offset"] for row in await connection.fetch(QUERIES["read_answered"])}


async def _prepare(connection: Connection) -> None:
    await connection.execute(QUERIES["create_contested"])


async def _settle(connection: Connection) -> None:
    await connection.execute(QUERIES["settle_names"])


async def _clean(connection: Connection) -> None:
    await connection.execute(QUERIES["drop_contested"])


async def fold_events(work: UnitOfWork, records: Sequence[Record]) -> None:
    """Fold registered facts into streams, names, units, publishers' rights and receipts."""
    said = _read(records)
    await _fold_streams(work, said)
    facts = [past_of(event).fact for _, _, event in said]
    await _hold_names(work, [(claim, fact.key) for fact in facts for claim in claims_of(fact)])
    await _hold_sources(work, ((event.source, event.publisher) for _, _, event in said))
    await _give_up_names(work, said)
    rights = {event.data.publisher: (event.version or 0, event.data) for _, _, event in said if isinstance(event.data, PublisherAuthorised)}
    if rights:
        await write_publishers(work.connection, rights)
    await _put_facts(work, [(identity_of(event), content_digest(event), offset) for _, offset, event in said])
    await work.connection.execute(
        QUERIES["put_registered"], work.partition, [offset for _, offset, _ in said], [position_of(record) for record, _, _ in said],
        [event.version for _, _, event in said], [event.publisher for _, _, event in said],
    )  # fmt: skip
    await end_waiting(work.connection, work.partition, [offset for _, offset, _ in said])


def _read(records: Sequence[Record]) -> list[Said]:
    return [(record, _place_of(record), decode(record.value)) for record in records]


def _place_of(record: Record) -> int:
    return int((header(record.headers, "cause") or b"").rpartition(b"/")[2])


async def _fold_streams(work: UnitOfWork, said: Sequence[Said]) -> None:
    connection = work.connection
    streams = {stream.key: stream for stream in await read_streams(connection, {UUID(event.partitionkey) for _, _, event in said})}
    voided: set[UUID] = set()
    for record, _, event in said:
        past = past_of(event)
        stream = streams.setdefault(past.fact.key, Stream(past.fact.key))
        stream.version, stream.hash = past.version, bytes.fromhex((header(record.headers, "hash") or b"").decode())
        if isinstance(event.data, FactVoided):
            voided.add(stream.key)
        else:
            stream.state = evolve(stream.state, past.fact)
    for key, history in (await _histories(connection, voided)).items():
        streams[key].state = fold(history)
    await write_streams(connection, work.partition, streams.values())
    units = {key: stream.state for key, stream in streams.items() if isinstance(stream.state, Unit)}
    if units:
        await write_units(connection, units)


async def _histories(connection: Connection, keys: Iterable[UUID]) -> Mapping[UUID, Sequence[Past]]:
    wanted = set(keys)
    return await read_histories(connection, EVENTS, wanted) if wanted else {}


async def _give_up_names(work: UnitOfWork, said: Sequence[Said]) -> None:
    voided = {UUID(event.partitionkey) for _, _, event in said if isinstance(event.data, FactVoided)}
    histories = await _histories(work.connection, voided)
    freed = [(claim, key) for key, history in histories.items() for claim in names_of(history)[1]]
    if freed:
        await work.connection.execute(QUERIES["give_up_names"], *_columns(freed))


async def _hold_names(work: UnitOfWork, held: Sequence[tuple[Claim, UUID]]) -> None:
    if held:
        columns = _columns(held)
        await work.connection.execute(QUERIES["hold_names"], *columns)
        await work.connection.execute(QUERIES["contest_names"], *columns)


async def _hold_sources(work: UnitOfWork, used: Iterable[tuple[str, str | None]]) -> None:
    """Let publishers hold the sources that they used."""
    known = cast("set[tuple[str, str]]", work.memory.setdefault("used", set()))
    new = {(source, publisher) for source, publisher in used if publisher is not None and publisher not in INTERNAL_PUBLISHERS} - known
    await _hold_names(work, [(Claim("source", source), key_of(publisher)) for source, publisher in new if may_use(publisher, source)])
    known |= new


def _columns(held: Sequence[tuple[Claim, UUID]]) -> tuple[list[str], list[str], list[UUID]]:
    return [claim.kind for claim, _ in held], [claim.name for claim, _ in held], [owner for _, owner in held]


async def _put_facts(work: UnitOfWork, facts: Sequence[tuple[bytes, bytes, int]]) -> None:
    if facts:
        await work.connection.execute(QUERIES["put_facts"], work.partition, *zip(*facts, strict=True))


async def fold_verdicts(work: UnitOfWork, records: Sequence[Record]) -> None:
    """Fold what was said of facts that were not registered at once into receipts, and into what waits."""
    said = _read(records)
    told = [(event.data, event.publisher) for _, _, event in said if isinstance(event.data, Verdict)]
    await _hold_sources(work, ((data.fact_source, publisher) for data, publisher in told if getattr(data, "code", "") not in UNREAD))
    waits = [(record, offset, event, event.data) for record, offset, event in said if isinstance(event.data, FactWaiting)]
    refusals = [(record, offset, event, event.data) for record, offset, event in said if isinstance(event.data, FactRefused | FactExpired)]
    judged = [(offset, data) for _, offset, _, data in [*waits, *refusals] if not isinstance(data, FactExpired)]
    facts = [(fact_identity(data.fact_source, data.fact_id), data.digest, offset) for offset, data in judged]
    await _put_facts(work, [(identity, bytes.fromhex(digest), offset) for identity, digest, offset in facts if digest])
    newest = {offset: (record, event, data) for record, offset, event, data in waits}
    await _put_waits(work, newest)
    if refusals:
        await work.connection.execute(
            QUERIES["put_refused"], work.partition, [offset for _, offset, _, _ in refusals],
            [position_of(record) for record, _, _, _ in refusals], [event.publisher for _, _, event, _ in refusals],
            [_shown(data) for _, _, _, data in refusals], [event.registeredtime for _, _, event, _ in refusals],
        )  # fmt: skip
        await end_waiting(work.connection, work.partition, [offset for _, offset, _, _ in refusals])


async def _put_waits(work: UnitOfWork, newest: Mapping[int, tuple[Record, Event, FactWaiting]]) -> None:
    if not newest:
        return
    said = list(newest.values())
    await work.connection.execute(
        QUERIES["put_waits"], work.partition, list(newest), [position_of(record) for record, _, _ in said],
        [event.publisher for _, event, _ in said], [data.needs for _, _, data in said], [data.needed_id for _, _, data in said],
        [data.expires_at for _, _, data in said],
    )  # fmt: skip
    waiting: list[Waiting[Entry]] = [
        Waiting(offset, event.subject, Claim(data.needs, data.needed_id), data.expires_at, 0) for offset, (_, event, data) in newest.items()
    ]
    await write_needs(work.connection, work.partition, waiting)


def _shown(data: FactRefused | FactExpired) -> str:
    fields = data.fields if isinstance(data, FactRefused) else ()
    return msgspec.json.encode(Refusal(data.code, data.reason, data.reason_vi, fields)).decode()


async def learn_inbox(work: UnitOfWork, records: Sequence[Record], registrar: Registrar) -> None:
    """Keep what waits as it lies in the inbox, and judge what has no verdict."""
    rows = await work.connection.fetch(QUERIES["read_known"], work.partition, [record.offset for record in records])
    known = {row["kafka_offset"]: row for row in rows}
    waiting = []
    for record in records:
        row = known.get(record.offset)
        if row is not None and row["outcome"] == "waiting":
            entry = registrar.read(record)
            need = Claim(row["need_kind"], row["need_id"])
            each: Waiting[Entry] = Waiting(record.offset, entry.event.subject, need, row["expires_at"], 0)
            each.entry = entry
            waiting.append(each)
    if waiting:
        await write_waiting(work.connection, work.partition, waiting)
    unjudged = [record for record in records if record.offset not in known]
    if unjudged:
        await registrar.handle(work, unjudged)
