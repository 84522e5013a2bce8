"""The rebuild's queries."""

from shared.sql import Queries

QUERIES = Queries("shared.rebuild")
