"""The queries of people: accounts, sessions, audit."""

from shared.sql import Queries

SCHEMA = "identity"
QUERIES = Queries("shared.identity")
