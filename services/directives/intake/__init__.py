"""Letters in: read into proposed facts, which an operator completes and publishes."""
