"""The audit's queries, all of the registrar's schema."""

from shared.sql import Queries

QUERIES = Queries("services.auditing")
