"""The journal: outgoing events are written with the effect, and a relay sends them to Kafka in order."""
