"""Queries of the read model: tasks as they stand (stored) or stood (folded), and everything around them."""
