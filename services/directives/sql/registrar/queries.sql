-- name: claim_facts
-- Enter facts that were never judged, in one order for all partitions, so that two writers never wait for each other in a circle.
INSERT INTO fact (identity, digest, partition, kafka_offset)
SELECT f.identity, f.digest, $1, f.kafka_offset
FROM unnest($2::bytea[], $3::bytea[], $4::bigint[]) AS f(identity, digest, kafka_offset)
ORDER BY f.identity
ON CONFLICT DO NOTHING
RETURNING kafka_offset;

-- name: read_facts
-- Read where facts were judged before.
SELECT identity, digest, partition, kafka_offset FROM fact WHERE identity = ANY($1::bytea[]);

-- name: claim_names
-- Take names that are free, in one order for all partitions.
INSERT INTO claim (kind, name, owner)
SELECT c.kind, c.name, c.owner
FROM unnest($1::text[], $2::text[], $3::uuid[]) AS c(kind, name, owner)
ORDER BY c.kind COLLATE "C", c.name COLLATE "C"
ON CONFLICT DO NOTHING
RETURNING kind, name;

-- name: read_claims
-- Read whom names belong to.
SELECT c.kind, c.name, c.owner
FROM unnest($1::text[], $2::text[]) AS wanted(kind, name)
JOIN claim AS c ON c.kind = wanted.kind AND c.name = wanted.name;

-- name: release_claims
-- Give back names that were taken for facts that were refused.
DELETE FROM claim AS c
USING unnest($1::text[], $2::text[]) AS unused(kind, name)
WHERE c.kind = unused.kind AND c.name = unused.name;

-- name: pass_claims
-- Give names to another key of the same batch than the one that they were first taken for.
UPDATE claim AS c
SET owner = passed.owner
FROM unnest($1::text[], $2::text[], $3::uuid[]) AS passed(kind, name, owner)
WHERE c.kind = passed.kind AND c.name = passed.name;

-- name: read_streams
-- Read the newest version of some keys.
SELECT key, version, hash, state FROM stream WHERE key = ANY($1::uuid[]);

-- name: write_streams
-- Store the newest version of some keys.
INSERT INTO stream AS s (key, partition, version, hash, state)
SELECT n.key, $1, n.version, n.hash, n.state::json
FROM unnest($2::uuid[], $3::bigint[], $4::bytea[], $5::text[]) AS n(key, version, hash, state)
ON CONFLICT (key) DO UPDATE SET version = excluded.version, hash = excluded.hash, state = excluded.state;

-- name: read_units
-- Tell which of some units are registered.
SELECT id FROM unit WHERE id = ANY($1::uuid[]);

-- name: write_units
-- Enter units into the registry.
INSERT INTO unit (id, code)
SELECT u.id, u.code FROM unnest($1::uuid[], $2::text[]) AS u(id, code)
ON CONFLICT (id) DO NOTHING;

-- name: read_receipts
-- Read what became of records of the inbox, as far as the event that says so is in Kafka; a duplicate tells its original's verdict.
SELECT
    asked.partition, asked.kafka_offset, mine.outcome, told.version, told.refusal,
    mine.original_partition, mine.original_offset
FROM unnest($1::integer[], $2::bigint[]) AS asked(partition, kafka_offset)
JOIN receipt AS mine ON mine.partition = asked.partition AND mine.kafka_offset = asked.kafka_offset
JOIN receipt AS told
    ON told.partition = coalesce(mine.original_partition, mine.partition)
    AND told.kafka_offset = coalesce(mine.original_offset, mine.kafka_offset)
JOIN relay
    ON relay.topic = CASE told.outcome WHEN 'registered' THEN $3::text ELSE $4::text END
    AND relay.partition = told.partition
    AND relay.sent_position >= told.position;

-- name: read_inbox_mark
-- Read how far the registrar has judged a partition of the inbox.
SELECT next_offset FROM checkpoint WHERE topic = $1 AND partition = $2;

-- name: read_receipt
-- Tell whether a record of the inbox was judged, wherever the event that says so is.
SELECT outcome FROM receipt WHERE partition = $1 AND kafka_offset = $2;
