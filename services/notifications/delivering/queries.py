"""The queries of deliveries."""

from shared.sql import Queries

QUERIES = Queries("services.notifications", "sql/deliveries.sql")
