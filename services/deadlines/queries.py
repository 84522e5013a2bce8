"""The queries of the deadlines service."""

from collections.abc import Iterable
from uuid import UUID

from shared.sql import Queries

QUERIES = Queries("services.deadlines")


def array_of(ids: Iterable[UUID]) -> str:
    """Return ids as the text of a PostgreSQL array, since a list of lists of different lengths cannot be sent as one array."""
    return "{" + ",".join(map(str, ids)) + "}"
