"""The queries by which the registrar's tables come out of its topics."""

from shared.sql import Queries

QUERIES = Queries("services.directives", "sql/registrar/rebuild.sql")
