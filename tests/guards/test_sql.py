"""Facts about the SQL: the schemas are what their migrations make, and every query is used and can be run."""

import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from services.schemas import ALL, OWN, sources_of
from services.setup_command import migrate_all
from shared.migrations import migrate
from shared.postgres import connect
from shared.sql import Queries

if TYPE_CHECKING:
    import asyncpg

ROOT = Path(__file__).parents[2]

FILES = {
    "identity": [("shared.identity", "sql/queries.sql"), ("shared.identity", "sql/keys.sql")],
    "registrar": [
        ("services.directives", "sql/registrar/queries.sql"),
        ("services.directives", "sql/registrar/door.sql"),
        ("services.directives", "sql/registrar/refused.sql"),
        ("services.directives", "sql/registrar/publishers.sql"),
        ("services.directives", "sql/registrar/held.sql"),
        ("services.auditing", "sql/queries.sql"),
    ],
    "directives": [
        ("services.directives", "sql/queries.sql"),
        ("services.directives", "sql/conferences.sql"),
        ("services.directives", "sql/scorecards.sql"),
        ("services.directives", "sql/console.sql"),
        ("services.directives", "sql/held.sql"),
        ("services.directives.intake", "sql/registry.sql"),
    ],
    "deadlines": [("services.deadlines", "sql/queries.sql"), ("services.deadlines", "sql/held.sql")],
    "notifications": [
        ("services.notifications", "sql/queries.sql"),
        ("services.notifications", "sql/deliveries.sql"),
        ("services.notifications", "sql/held.sql"),
    ],
    "forwarder": [],
    "intake": [("services.directives.intake", "sql/queries.sql")],
}
SHARED_FILES = [("shared.journal", "sql/queries.sql"), ("shared.streaming", "sql/queries.sql"), ("shared", "clock.sql")]
TEMPLATES = [
    ("shared.rebuild", "sql/queries.sql"),
    ("services.directives", "sql/registrar/rebuild.sql"),
    ("services.deadlines", "sql/rebuild.sql"),
    ("services.notifications", "sql/rebuild.sql"),
]
"""Queries that name their schema, or tables that only a rebuild has: they are run by tests of their own."""
DIGESTED = {
    "directives": ("services.directives", "sql/tables.sql"),
    "registrar": ("services.directives", "sql/registrar/tables.sql"),
    "deadlines": ("services.deadlines", "sql/tables.sql"),
    "notifications": ("services.notifications", "sql/tables.sql"),
}
"""What a rebuild compares."""
UNTOLD = {
    "deadlines": {"calendar_progress", "learned", "series"},
    "notifications": {"contact", "webhook_secret", "delivery", "attempt"},
}
"""What no topic tells, or what follows anew from what it does tell: how far work has come, when something is looked at again."""
ALL_FILES = [*SHARED_FILES, *TEMPLATES, *(file for files in FILES.values() for file in files)]

DESCRIBE = {
    "columns": """
        SELECT table_name, column_name, ordinal_position, data_type, is_nullable, column_default, generation_expression
        FROM information_schema.columns WHERE table_schema = $1 ORDER BY 1, 3""",
    "constraints": """
        SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
        FROM pg_constraint WHERE connamespace = $1::text::regnamespace ORDER BY 1, 2""",
    "indexes": "SELECT indexname, replace(indexdef, schemaname || '.', '') FROM pg_indexes WHERE schemaname = $1 ORDER BY 1",
    "triggers": """
        SELECT event_object_table, trigger_name, event_manipulation, action_timing, action_orientation
        FROM information_schema.triggers WHERE trigger_schema = $1 ORDER BY 1, 2, 3""",
    "views": "SELECT viewname, definition FROM pg_views WHERE schemaname = $1 ORDER BY 1",
}


@pytest.fixture
async def migrated(database: str) -> AsyncIterator["asyncpg.Connection[Any]"]:
    await migrate_all(database)
    connection = await connect(database, schema="public")
    yield connection
    await connection.close()


def schema_files(schema: str) -> list[tuple[str, str]]:
    own_package, folder = ALL[schema]
    shared = [("shared.journal", "sql"), ("shared.streaming", "sql")] if schema in OWN else []
    files = [*shared, (own_package, folder.removesuffix("/migrations"))]
    paths = [ROOT.joinpath(*package.split("."), path, "schema.sql") for package, path in files]
    return [(str(path.relative_to(ROOT)), path.read_text(encoding="utf-8")) for path in paths]


async def described(connection: "asyncpg.Connection[Any]", schema: str) -> dict[str, list[tuple[Any, ...]]]:
    await connection.execute("SELECT set_config('search_path', $1, false)", schema)
    return {name: [tuple(row) for row in await connection.fetch(query, schema)] for name, query in DESCRIBE.items()}


@pytest.mark.parametrize("schema", ALL)
async def test_a_schema_file_is_what_the_migrations_make(schema: str, database: str) -> None:
    connection = await connect(database, schema="public")
    try:
        await migrate(connection, schema, sources_of(schema))
        by_migrations = await described(connection, schema)
        await connection.execute(f'DROP SCHEMA "{schema}" CASCADE')
        await migrate(connection, schema, schema_files(schema))
        by_schema_files = await described(connection, schema)
    finally:
        await connection.close()
    assert by_migrations["columns"]
    assert by_schema_files == by_migrations


async def test_a_rebuild_digests_every_table_that_topics_feed(migrated: "asyncpg.Connection[Any]") -> None:
    query = "SELECT tablename FROM pg_tables WHERE schemaname = $1"
    tables = {schema: {row["tablename"] for row in await migrated.fetch(query, schema)} for schema in OWN}
    shared = set.intersection(*tables.values())
    fed = {schema: tables[schema] - shared - UNTOLD.get(schema, set()) for schema in DIGESTED}
    assert fed == {schema: set(Queries(*file)) for schema, file in DIGESTED.items()}


async def test_migrating_again_changes_nothing(migrated: "asyncpg.Connection[Any]") -> None:
    for schema in ALL:
        assert await migrate(migrated, schema, sources_of(schema)) == []


@pytest.mark.parametrize("schema", ALL)
async def test_every_query_can_be_prepared(schema: str, migrated: "asyncpg.Connection[Any]") -> None:
    await migrated.execute("SELECT set_config('search_path', $1, false)", schema)
    for package, path in [*(SHARED_FILES if schema in OWN else ()), *FILES[schema]]:
        for name, query in Queries(package, path).items():
            if not query.removeprefix("--").lstrip().startswith("CREATE") and "CREATE " not in query:
                statement = await migrated.prepare(query)
                assert statement is not None, name


@pytest.mark.parametrize(("package", "path"), ALL_FILES)
def test_every_query_is_used_and_opens_with_its_intention(package: str, path: str) -> None:
    files = [file for folder in ("services", "shared", "deploy") for file in (ROOT / folder).rglob("*.py")]
    code = "\n".join(file.read_text(encoding="utf-8") for file in files)
    for name, query in Queries(package, path).items():
        assert re.search(rf'\["{name}"\]|"{name}"', code), f"{package}/{path}: {name} is used nowhere"
        assert query.startswith("-- "), f"{package}/{path}: {name} has no line of intention"


def test_no_sql_stands_in_python() -> None:
    statement = re.compile(r'"(SELECT \S|INSERT INTO |UPDATE \w+ SET |DELETE FROM |CREATE TABLE )')
    found = [
        f"{file.relative_to(ROOT)}: {line.strip()}"
        for folder in ("services", "shared")
        for file in (ROOT / folder).rglob("*.py")
        for line in file.read_text(encoding="utf-8").splitlines()
        if statement.search(line)
    ]
    assert found == []
