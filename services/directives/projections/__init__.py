"""Events into read-model rows: runs of one topic, set by set."""

from services.directives.projections.deadlines import project_deadlines, write_deadlines
from services.directives.projections.facts import project_facts, write_facts

__all__ = ["project_deadlines", "project_facts", "write_deadlines", "write_facts"]
