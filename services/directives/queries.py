"""The queries of the read model."""

from shared.sql import Queries

QUERIES = Queries("services.directives")

CONFERENCES = Queries("services.directives", "sql/conferences.sql")
"""The queries of the calendar of conferences."""

SCORECARDS = Queries("services.directives", "sql/scorecards.sql")
"""The queries of what units have made of their tasks."""

CONSOLE = Queries("services.directives", "sql/console.sql")
"""The queries of the overview and of the pages of one task or plan."""
