"""The queries of the read model."""

from shared.sql import Queries

QUERIES = Queries("services.directives")
