-- name: forget_registrar
-- Leave the registrar's schema as the version before the whole catalogue did, but for what its later migrations have added.
ALTER TABLE stream ALTER COLUMN state SET NOT NULL;
DELETE FROM migration WHERE name LIKE '%_upgrade.sql';

-- name: put_state
-- Keep the state of a key in an earlier form.
UPDATE stream SET state = $2::json WHERE key = $1;

-- name: claim_code
-- Claim a unit's code as it was written.
INSERT INTO claim (kind, name, owner) VALUES ('unit-code', $1, $2);

-- name: read_codes
-- Read the claimed codes and whom they belong to.
SELECT name, owner FROM claim WHERE kind = 'unit-code';

-- name: forget_deadlines
-- Leave the schema of deadlines as the version before the whole catalogue did: without dossiers.
TRUNCATE dossier, fact, issued;
DROP TABLE learned;
DELETE FROM migration WHERE name LIKE '%_upgrade.sql';

-- name: forget_notifications
-- Leave the schema of notifications as the version before the whole catalogue did: without rolls.
TRUNCATE roll, fact;
DELETE FROM migration WHERE name LIKE '%_upgrade.sql';

-- name: put_checkpoint
-- Say how far a partition of the facts was applied.
INSERT INTO checkpoint (topic, partition, topic_id, next_offset) VALUES ('directives.events.v1', $1, gen_random_uuid(), $2)
ON CONFLICT (topic, partition) DO UPDATE SET next_offset = excluded.next_offset;

-- name: read_checkpoint
-- Read how far a partition of the facts was applied.
SELECT next_offset FROM checkpoint WHERE topic = 'directives.events.v1' AND partition = $1;

-- name: count_moved
-- Count the deadlines that a calendar has moved.
SELECT count(*) FROM deadline WHERE changes > 0;

-- name: park
-- Park a fact.
INSERT INTO parked (topic, partition, kafka_offset, key, header_names, header_values, reason, is_follower)
VALUES ('directives.events.v1', 0, 0, '', '{}', '{}', 'a test', false);
