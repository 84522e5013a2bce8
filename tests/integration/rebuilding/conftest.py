"""A Kafka whose topics bear their real names, and a database for each test."""

from collections.abc import Iterator

import pytest

from deploy.local.infrastructure import Infrastructure


@pytest.fixture(scope="package")
def alone() -> Iterator[Infrastructure]:
    with Infrastructure() as running:
        yield running


@pytest.fixture
def town(alone: Infrastructure) -> Iterator[str]:
    """Return the DSN of a fresh database."""
    alone.postgres.create_database("town")
    yield alone.postgres.dsn("town")
    alone.postgres.drop_database("town")
