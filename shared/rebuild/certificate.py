"""The certificate: rows and digests of every table and partition, of the live schema and of the rebuilt one, at the same checkpoints."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from shared.postgres import Connection
from shared.rebuild.queries import QUERIES
from shared.topics import partition_of

DIGEST_SECONDS = 3_600.0
"""How long one table may take to digest."""

Sum = tuple[int, int]
"""Rows, and the sum of their digests."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A table's rows of a partition, live and rebuilt: how many, and the sum of their digests."""

    table: str
    partition: int
    live: Sum
    rebuilt: Sum

    @property
    def is_equal(self) -> bool:
        """Tell whether both are the same, row by row."""
        return self.live == self.rebuilt


@dataclass(frozen=True, slots=True)
class Certificate:
    """What was compared; nothing where there was no live schema, or where, for this reason, it could not be."""

    entries: Sequence[Entry] = ()
    reason: str = ""

    @property
    def differences(self) -> list[Entry]:
        """Return what is not equal."""
        return [entry for entry in self.entries if not entry.is_equal]

    @property
    def is_clean(self) -> bool:
        """Tell whether nothing speaks against the rebuilt tables."""
        return not self.differences and not self.reason

    def lines(self) -> Iterator[str]:
        """Yield a line for each table, with the partitions that differ."""
        tables: dict[str, list[Entry]] = defaultdict(list)
        for entry in self.entries:
            tables[entry.table].append(entry)
        for table, entries in tables.items():
            live, rebuilt = (_total([entry.live for entry in entries]), _total([entry.rebuilt for entry in entries]))
            wrong = [str(entry.partition) for entry in entries if not entry.is_equal]
            verdict = f"DIFFERS in partitions {', '.join(wrong)}" if wrong else "equal"
            yield f"{table:<18} {live[0]:>9} rows {_shown(live)}   rebuilt {rebuilt[0]:>9} rows {_shown(rebuilt)}   {verdict}"


def compare(live: Mapping[tuple[str, int], Sum], rebuilt: Mapping[tuple[str, int], Sum]) -> Certificate:
    """Return the certificate of two schemas' digests."""
    places = sorted(live.keys() | rebuilt.keys())
    return Certificate([Entry(*place, live.get(place, (0, 0)), rebuilt.get(place, (0, 0))) for place in places])


async def digest(connection: Connection, tables: Mapping[str, str], partitions: int, *arguments: object) -> dict[tuple[str, int], Sum]:
    """Return rows and digests of each table and partition that has any, as the connection's transaction sees them.

    A row belongs to the partition that its query tells (an integer), or to that of its key (text or UUID).
    """
    sums: dict[tuple[str, int], Sum] = defaultdict(lambda: (0, 0))
    for table, rows in tables.items():
        query = QUERIES["digest_table"].format(rows=rows)
        for row in await connection.fetch(query, *arguments, timeout=DIGEST_SECONDS):
            key = row["key"]
            place = (table, key if isinstance(key, int) else partition_of(str(key), partitions))
            sums[place] = _total([sums[place], (row["rows"], int(row["digest"]))])
    return dict(sums)


def _total(sums: Sequence[Sum]) -> Sum:
    return sum(each[0] for each in sums), sum(each[1] for each in sums)


def _shown(total: Sum) -> str:
    return f"{total[1] % 2**64:016x}"
