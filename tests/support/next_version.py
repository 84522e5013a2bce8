"""The version after this one, made of this one: an optional member more in a fact, and a migration for each worker's schema."""

import shutil
from pathlib import Path

MEMBER = "funding"
"""The member that the next version's task-assigned may have."""
WRITER = "next"
"""What the next version writes into the column that its migration adds to every journal."""
PARTS = ("services", "shared", "deploy")
COMPOSE = "docker-compose.yml"

_TABLES = {"services/directives": "task", "services/deadlines": "deadline", "services/notifications": "notice"}


def make_next_version(root: Path, into: Path) -> Path:
    """Copy the product and change it; return the path of its Compose file."""
    for part in PARTS:
        shutil.copytree(root / part, into / part, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(root / COMPOSE, into / COMPOSE)
    optional = "    plan_requires: PlanRequirement | None = None\n"
    _change(into / "shared/contracts/directives.py", optional, f"{optional}    {MEMBER}: Line | None = None\n")
    queries = into / "shared/journal/sql/queries.sql"
    _change(queries, "cause, previous_hash, hash)\nSELECT", "cause, previous_hash, hash, writer)\nSELECT")
    _change(queries, "e.previous_hash, e.hash\n", f"e.previous_hash, e.hash, '{WRITER}'\n")
    _migrate(into / "shared/journal", "ALTER TABLE journal ADD COLUMN writer text;")
    for package, table in _TABLES.items():
        _migrate(into / package, f"ALTER TABLE {table} ADD COLUMN {MEMBER} text;")
    return into / COMPOSE


def _change(file: Path, old: str, new: str) -> None:
    text = file.read_text(encoding="utf-8")
    if text.count(old) != 1:
        raise AssertionError(f"{file} has {text.count(old)} times {old!r}")
    file.write_text(text.replace(old, new), encoding="utf-8")


def _migrate(package: Path, statement: str) -> None:
    folder = package / "sql/migrations"
    number = len(list(folder.glob("*.sql"))) + 1
    (folder / f"{number:04d}_next.sql").write_text(f"-- What the next version adds.\n{statement}\n", encoding="utf-8")
