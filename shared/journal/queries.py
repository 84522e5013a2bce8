"""The journal's queries."""

from shared.sql import Queries

QUERIES = Queries("shared.journal")
