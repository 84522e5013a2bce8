"""The services' queries answered in memory: one function each, found by the query's text."""

from deploy.simulation.tables import deadlines, deliveries, notifications, registrar, streaming

__all__ = ["deadlines", "deliveries", "notifications", "registrar", "streaming"]
