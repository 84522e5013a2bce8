"""The queries of notifications."""

from shared.sql import Queries

QUERIES = Queries("services.notifications")
DELIVERIES = Queries("services.notifications", "sql/deliveries.sql")
