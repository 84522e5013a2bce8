"""Streaming: Faust workers whose messages are whole runs of records, whose checkpoints live in PostgreSQL."""
