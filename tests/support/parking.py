"""Parks records as workers do."""

from shared.postgres import connect
from shared.streaming.queries import QUERIES
from tests.support.records import FakeRecord


async def park(dsn: str, schema: str, record: FakeRecord, reason: str, *, is_follower: bool = False) -> str:
    """Park a record in a schema, and return its place."""
    connection = await connect(dsn, schema=schema)
    names, values = [name for name, _ in record.headers], [value for _, value in record.headers]
    where = (record.topic, record.partition, record.offset)
    await connection.execute(QUERIES["park"], *where, record.key, record.value, names, values, reason, is_follower)
    await connection.close()
    return "/".join(map(str, where))
