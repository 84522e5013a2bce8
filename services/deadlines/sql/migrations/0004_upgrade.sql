-- Versions before the whole catalogue of facts kept no dossiers: the facts are read again from the start of their topic. Those that were
-- taken before the upgrade are only learned, since what they made of deadlines was said then.

DO $$
BEGIN
    IF EXISTS (SELECT FROM parked WHERE topic = 'directives.events.v1') THEN
        RAISE EXCEPTION 'deadlines has parked records: retry or discard them with the version before, then run setup again';
    END IF;
END $$;

-- Where the facts of a partition end that were taken before.
CREATE TABLE learned (
    partition integer PRIMARY KEY,
    next_offset bigint NOT NULL
);
INSERT INTO learned SELECT partition, next_offset FROM checkpoint WHERE topic = 'directives.events.v1' AND next_offset > 0;
TRUNCATE dossier, fact;
DELETE FROM checkpoint WHERE topic = 'directives.events.v1';
