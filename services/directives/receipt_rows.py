"""The table of receipts: what became of each record of the inbox."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from services.directives.repository import QUERIES
from shared.postgres import Connection


class ReceiptRow(NamedTuple):
    """One row of the table `receipt`."""

    partition: int
    kafka_offset: int
    outcome: str = ""
    position: int | None = None
    version: int | None = None
    refusal: str | None = None
    original_partition: int | None = None
    original_offset: int | None = None
    publisher: str | None = None
    need_kind: str | None = None
    need_id: str | None = None
    expires_at: datetime | None = None
    waiting_position: int | None = None
    refused_at: datetime | None = None


async def write_receipts(connection: Connection, rows: Sequence[ReceiptRow]) -> None:
    """Note what became of new records; COPY, since the checkpoint keeps any record from being new twice."""
    if rows:
        await connection.copy_records_to_table("receipt", records=rows, columns=ReceiptRow._fields)


async def judge_receipts(connection: Connection, partition: int, rows: Sequence[ReceiptRow]) -> None:
    """Note what became of records that have waited since an earlier turn."""
    if rows:
        await connection.execute(
            QUERIES["judge_receipts"], partition,
            [row.kafka_offset for row in rows], [row.outcome for row in rows], [row.position for row in rows],
            [row.version for row in rows], [row.refusal for row in rows], [row.need_kind for row in rows], [row.need_id for row in rows],
            [row.waiting_position for row in rows], [row.refused_at for row in rows],
        )  # fmt: skip
