"""Which schema belongs to which worker, and the migrations that make it."""

from collections.abc import Mapping

from shared.migrations import SHARED, migration_files

Sources = list[tuple[str, str]]

OWN: Mapping[str, tuple[str, str]] = {
    "registrar": ("services.directives", "sql/registrar/migrations"),
    "directives": ("services.directives", "sql/migrations"),
    "deadlines": ("services.deadlines", "sql/migrations"),
    "notifications": ("services.notifications", "sql/migrations"),
}
"""Each worker's schema, with the package and folder of its own migrations."""


def sources_of(schema: str) -> Sources:
    """Return the migrations of a worker's schema in order: the shared ones first."""
    shared = [source for package in SHARED for source in migration_files(package)]
    return [*shared, *migration_files(*OWN[schema])]
