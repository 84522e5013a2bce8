"""What passes by itself is decided at one place: a list of asyncpg's errors of one's own forgets those that come once a year."""

from pathlib import Path

ROOT = Path(__file__).parents[2]
JUDGES = {"shared/postgres.py", "shared/web/problems.py"}


def test_only_the_judges_of_errors_name_those_of_connections() -> None:
    sources = [path for folder in ("services", "shared") for path in (ROOT / folder).rglob("*.py")]
    naming = {str(path.relative_to(ROOT)) for path in sources if "asyncpg.InterfaceError" in path.read_text(encoding="utf-8")}
    assert naming == JUDGES, "ask shared.postgres.is_transient instead of naming asyncpg's errors"
