"""Readers that take the same messages from Kafka into the same table, each a process of its own."""
