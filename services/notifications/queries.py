"""The queries of notifications."""

from shared.sql import Queries

QUERIES = Queries("services.notifications")
