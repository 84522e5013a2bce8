"""The queries of checkpoints and parking."""

from shared.sql import Queries

QUERIES = Queries("shared.streaming")
