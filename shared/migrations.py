"""Numbered `.sql` migrations, each run once, in order, under a lock, one list a schema."""

from collections.abc import Sequence
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from shared.errors import ConfigurationError
from shared.sql import Queries

if TYPE_CHECKING:
    import asyncpg

_QUERIES = Queries("shared", "migrations.sql")

SHARED = ("shared.journal", "shared.streaming")
"""The packages whose tables every schema of a worker has."""

MIGRATION_SECONDS = 3600.0
"""How long one migration may take: it may write to every row of a large table, while writers wait."""


def migration_files(package: str, folder: str = "sql/migrations") -> list[tuple[str, str]]:
    """Return (name, SQL) of a package's migrations in order; names are numbered without gaps."""
    entries = sorted(
        (entry for entry in files(package).joinpath(folder).iterdir() if entry.name.endswith(".sql")),
        key=lambda entry: entry.name,
    )
    for number, entry in enumerate(entries, start=1):
        if not entry.name.startswith(f"{number:04d}_"):
            message = f"migration {entry.name} of {package} should have the number {number:04d}"
            raise ConfigurationError(message)
    return [(f"{package}:{entry.name}", entry.read_text(encoding="utf-8")) for entry in entries]


async def migrate(connection: "asyncpg.Connection[Any]", schema: str, sources: Sequence[tuple[str, str]]) -> list[str]:
    """Bring a schema up to date with `sources` ((name, SQL) in order) and return the names that were run now."""
    async with connection.transaction():
        await connection.execute(_QUERIES["lock_schema"], schema)
        await connection.execute(_QUERIES["create_schema"].format(schema=schema))
        await connection.execute(_QUERIES["enter_schema"], schema)
        await connection.execute(_QUERIES["create_migration_table"])
        done = {row["name"] for row in await connection.fetch(_QUERIES["list_migrations"])}
        missing = [(name, text) for name, text in sources if name not in done]
        if missing:
            await connection.execute(_QUERIES["hold_turns"], timeout=MIGRATION_SECONDS)
        for name, text in missing:
            await connection.execute(text, timeout=MIGRATION_SECONDS)
            await connection.execute(_QUERIES["record_migration"], name)
    return [name for name, _ in missing]
