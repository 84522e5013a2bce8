"""Which schema belongs to which worker, and the migrations that make it."""

from collections.abc import Mapping

from shared.migrations import SHARED, migration_files

Sources = list[tuple[str, str]]

OWN: Mapping[str, tuple[str, str]] = {
    "registrar": ("services.directives", "sql/registrar/migrations"),
    "directives": ("services.directives", "sql/migrations"),
    "deadlines": ("services.deadlines", "sql/migrations"),
    "notifications": ("services.notifications", "sql/migrations"),
    "forwarder": ("services.directives", "sql/forwarder/migrations"),
}
"""Each worker's schema, with the package and folder of its own migrations."""

PLAIN: Mapping[str, tuple[str, str]] = {
    "identity": ("shared.identity", "sql/migrations"),
    "intake": ("services.directives.intake", "sql/migrations"),
}
"""Schemas of service data, which no topic feeds: without journal and checkpoints."""

ALL: Mapping[str, tuple[str, str]] = {**PLAIN, **OWN}


def sources_of(schema: str) -> Sources:
    """Return the migrations of a schema in order: of a worker's the shared ones first."""
    shared = [source for package in SHARED for source in migration_files(package)] if schema in OWN else []
    return [*shared, *migration_files(*ALL[schema])]
