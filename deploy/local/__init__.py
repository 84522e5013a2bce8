"""The whole system on one machine without containers; it imports nothing, since the bootstrap runs before any installation."""
