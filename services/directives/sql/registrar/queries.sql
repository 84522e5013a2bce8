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

-- name: read_histories
-- Read all that was registered under some keys, each key's in order.
SELECT value
FROM journal
WHERE topic = $1 AND key = ANY($2::bytea[]) AND hash IS NOT NULL
ORDER BY partition, position;

-- name: read_publishers
-- Read the rights of publishers whose newest version is not the one that is known.
SELECT p.slug, p.version, p.rights, p.has_topic
FROM unnest($1::text[], $2::bigint[]) AS known(slug, version)
JOIN publisher AS p ON p.slug = known.slug AND p.version <> known.version;

-- name: write_publishers
-- Store the rights of publishers in place of those that they had.
INSERT INTO publisher (slug, key, version, rights, has_topic)
SELECT n.slug, n.key, n.version, n.rights::json, n.has_topic
FROM unnest($1::text[], $2::uuid[], $3::bigint[], $4::text[], $5::boolean[]) AS n(slug, key, version, rights, has_topic)
ON CONFLICT (slug) DO UPDATE SET version = excluded.version, rights = excluded.rights, has_topic = excluded.has_topic;

-- name: read_waiting
-- Read what waits for some keys, without the facts themselves.
SELECT key, kafka_offset, subject, need_kind, need_id, expires_at, length(value)
FROM waiting
WHERE key = ANY($1::uuid[])
ORDER BY kafka_offset;

-- name: read_waiting_values
-- Read facts that wait, as they lie in the inbox.
SELECT kafka_offset, key, value, need_kind, need_id, expires_at
FROM waiting
WHERE partition = $1 AND kafka_offset = ANY($2::bigint[]);

-- name: write_needs
-- Note what facts wait for now.
UPDATE waiting AS w
SET need_kind = n.kind, need_id = n.id
FROM unnest($2::bigint[], $3::text[], $4::text[]) AS n(kafka_offset, kind, id)
WHERE w.partition = $1 AND w.kafka_offset = n.kafka_offset;

-- name: end_waiting
-- Take out facts that wait no more.
DELETE FROM waiting WHERE partition = $1 AND kafka_offset = ANY($2::bigint[]);

-- name: find_expired
-- Find the partitions in which something has waited too long.
SELECT DISTINCT partition FROM waiting WHERE expires_at <= $1;

-- name: read_expired
-- Read what has waited too long, in the order of arrival, up to a number of facts.
SELECT kafka_offset, key, value, need_kind, need_id, expires_at
FROM waiting
WHERE partition = $1 AND expires_at <= $2
ORDER BY kafka_offset
LIMIT $3;

-- name: judge_receipts
-- Note what became of facts that have waited; what they waited for stays, or is what they wait for now.
UPDATE receipt AS r
SET
    outcome = n.outcome, position = n.position, version = n.version, refusal = n.refusal::json,
    need_kind = coalesce(n.need_kind, r.need_kind), need_id = coalesce(n.need_id, r.need_id),
    waiting_position = coalesce(n.waiting_position, r.waiting_position), refused_at = n.refused_at
FROM unnest($2::bigint[], $3::text[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[], $9::bigint[], $10::timestamptz[])
    AS n(kafka_offset, outcome, position, version, refusal, need_kind, need_id, waiting_position, refused_at)
WHERE r.partition = $1 AND r.kafka_offset = n.kafka_offset;

-- name: read_receipts
-- Read what became of records of the inbox, as far as the event that says so is in Kafka; a duplicate tells its original's verdict. Of a
-- fact that has waited, the verdict that is not in Kafka yet is kept back, and that it waits is told.
SELECT
    asked.partition, asked.kafka_offset, mine.publisher, mine.outcome = 'duplicate' AS is_duplicate,
    CASE WHEN relay.sent_position >= told.position THEN told.outcome ELSE 'waiting' END AS outcome,
    told.version, told.refusal, told.need_kind, told.need_id, told.expires_at, mine.original_partition, mine.original_offset
FROM unnest($1::integer[], $2::bigint[]) AS asked(partition, kafka_offset)
JOIN receipt AS mine ON mine.partition = asked.partition AND mine.kafka_offset = asked.kafka_offset
JOIN receipt AS told
    ON told.partition = coalesce(mine.original_partition, mine.partition)
    AND told.kafka_offset = coalesce(mine.original_offset, mine.kafka_offset)
JOIN relay
    ON relay.topic = CASE told.outcome WHEN 'registered' THEN $3::text ELSE $4::text END
    AND relay.partition = told.partition
LEFT JOIN relay AS waited ON waited.topic = $4 AND waited.partition = told.partition AND told.waiting_position IS NOT NULL
WHERE relay.sent_position >= told.position OR waited.sent_position >= told.waiting_position;

-- name: list_waiting
-- List what waits, as far as it was told, in the order of receipt, after a place in that order.
SELECT w.partition, w.kafka_offset, w.publisher, w.need_kind, w.need_id, w.received_at, w.expires_at, w.value
FROM waiting AS w
JOIN receipt AS r ON r.partition = w.partition AND r.kafka_offset = w.kafka_offset
JOIN relay ON relay.topic = $1 AND relay.partition = r.partition AND relay.sent_position >= r.waiting_position
WHERE
    ($2::uuid IS NULL OR w.key = $2)
    AND ($3::text IS NULL OR w.publisher = $3)
    AND ($4::timestamptz IS NULL OR (w.received_at, w.partition, w.kafka_offset) > ($4, $5::integer, $6::bigint))
ORDER BY w.received_at, w.partition, w.kafka_offset
LIMIT $7;

-- name: read_inbox_mark
-- Read how far the registrar has judged a partition of the inbox.
SELECT next_offset FROM checkpoint WHERE topic = $1 AND partition = $2;

-- name: read_receipt
-- Tell whose a record of the inbox is that was judged, wherever the event that says so is.
SELECT publisher FROM receipt WHERE partition = $1 AND kafka_offset = $2;
