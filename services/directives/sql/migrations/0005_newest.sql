-- Find the facts that were registered last, of whatever key.
CREATE INDEX fact_registered ON fact (registered_at, key, version);
