"""The followers that fill a shadow: those of the worker, and one for each topic that the service sends."""

import asyncio
import re
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager

from shared.envelope import header
from shared.environment import Environment
from shared.journal.unit_of_work import Ledger, UnitOfWork
from shared.postgres import Pool, create_pool
from shared.rebuild.plan import Output, RebuildPlan
from shared.rebuild.queries import QUERIES
from shared.rebuild.reading import Note, Reader, consuming, position_of
from shared.rebuild.schemas import Place
from shared.streaming.follower import Follower, Handler
from shared.streaming.runs import Record
from shared.topics import topic_ids


@asynccontextmanager
async def open_pool(plan: RebuildPlan, environment: Environment) -> AsyncIterator[Pool]:
    """Open the pool that fills the shadow; what a crash takes of it is read again, so no commit waits for the disk."""
    pool = await create_pool(environment.dsn, schema=plan.shadow, size=environment.partitions + 2, synchronous_commit="off")
    try:
        yield pool
    finally:
        await pool.close()


@asynccontextmanager
async def open_reader(
    plan: RebuildPlan, environment: Environment, ledger: Ledger, outputs: Mapping[str, Output], discarded: Collection[Place], note: Note
) -> AsyncIterator[Reader]:
    """Open what reads topics into a shadow, and passes over what operators have discarded."""
    followers = {
        each.topic: Follower(ledger, _without(discarded, each.handler), has_positions=each.has_positions) for each in plan.subscriptions
    }
    followers |= {topic: Follower(ledger, keeping(output.fold), has_positions=True) for topic, output in outputs.items()}
    async with consuming(environment.bootstrap) as consumer:
        yield Reader(consumer, followers.__getitem__, note)


async def find_outputs(plan: RebuildPlan, bootstrap: str) -> Mapping[str, Output]:
    """Return the service's own topics that Kafka has."""
    present = await asyncio.to_thread(topic_ids, bootstrap) if plan.outputs else {}
    return {
        topic: output
        for output in plan.outputs
        for topic in present
        if topic == output.topic or (output.pattern and re.fullmatch(output.pattern, topic))
    }


def _without(discarded: Collection[Place], handler: Handler) -> Handler:
    """Return a handler that passes over what operators have discarded."""
    if not discarded:
        return handler

    async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
        kept = [each for each in records if (each.topic, each.partition, each.offset) not in discarded]
        if kept:
            await handler(work, kept)

    return handle


def keeping(fold: Handler) -> Handler:
    """Return a handler that keeps what was sent in the journal again, and folds it."""

    async def handle(work: UnitOfWork, records: Sequence[Record]) -> None:
        await _keep(work, records)
        await fold(work, records)

    return handle


async def _keep(work: UnitOfWork, records: Sequence[Record]) -> None:
    topic, partition = records[0].topic, records[0].partition
    heads = [(header(each.headers, "previoushash"), header(each.headers, "hash")) for each in records]
    await work.connection.execute(
        QUERIES["keep_journal"], topic, partition, [position_of(each) for each in records], [each.key or b"" for each in records],
        [each.value or b"" for each in records], [(header(each.headers, "cause") or b"").decode() for each in records],
        [previous and bytes.fromhex(previous.decode()) for previous, _ in heads], [own and bytes.fromhex(own.decode()) for _, own in heads],
    )  # fmt: skip
    await work.connection.execute(QUERIES["keep_relay"], topic, partition, position_of(records[-1]))
