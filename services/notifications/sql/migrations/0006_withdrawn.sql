-- An attempt may also end as `withdrawn`: nothing was sent, since the contact had been removed or disabled meanwhile.
ALTER TABLE attempt DROP CONSTRAINT attempt_outcome_check;
ALTER TABLE attempt ADD CONSTRAINT attempt_outcome_check CHECK (outcome IN ('delivered', 'refused', 'withdrawn', 'deferred', 'unknown'));
