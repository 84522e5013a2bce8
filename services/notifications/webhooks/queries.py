"""The queries of webhooks."""

from shared.sql import Queries

QUERIES = Queries("services.notifications", "sql/webhooks.sql")
