-- name: read_checkpoint
-- Read the checkpoint of a topic and partition (the partition's turn is held).
SELECT topic_id, next_offset, last_position FROM checkpoint WHERE topic = $1 AND partition = $2;

-- name: read_checkpoints
-- Read all checkpoints of some topics.
SELECT topic, partition, topic_id, next_offset, last_position FROM checkpoint WHERE topic = ANY($1::text[]);

-- name: add_checkpoint
-- Begin a partition at its first offset, under the topic's present id.
INSERT INTO checkpoint (topic, partition, topic_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING;

-- name: move_checkpoint
-- Move the checkpoint past a run.
UPDATE checkpoint SET next_offset = $3, last_position = $4 WHERE topic = $1 AND partition = $2;

-- name: read_parked_keys
-- Read which keys of a partition are parked.
SELECT DISTINCT key FROM parked WHERE topic = $1 AND partition = $2;

-- name: park
-- Park a record with its reason.
INSERT INTO parked (topic, partition, kafka_offset, key, value, header_names, header_values, reason, is_follower)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9);

-- name: list_parked
-- List parked records by key, oldest first.
SELECT topic, partition, kafka_offset, key, value, header_names, header_values, reason, is_follower, parked_at
FROM parked
ORDER BY topic, partition, kafka_offset;

-- name: list_parked_keys
-- List the keys that are parked with the first record of each, those that have waited longest first; a record without a key is parked alone.
SELECT topic, partition, kafka_offset, key, reason, parked_at, records
FROM (
    SELECT
        p.*,
        row_number() OVER alone AS number,
        count(*) OVER (PARTITION BY topic, partition, key, CASE WHEN key = '' THEN kafka_offset END) AS records
    FROM parked AS p
    WINDOW alone AS (PARTITION BY topic, partition, key, CASE WHEN key = '' THEN kafka_offset END ORDER BY kafka_offset)
) AS numbered
WHERE number = 1
ORDER BY parked_at, topic, partition, kafka_offset
LIMIT $1;

-- name: read_parked_key
-- Read the parked records that share a record's key, in order; what has no key is alone.
SELECT topic, partition, kafka_offset, key, value, header_names, header_values, reason, is_follower, parked_at
FROM parked
WHERE topic = $1 AND partition = $2 AND (key <> '' OR kafka_offset = $3) AND key = (
    SELECT key FROM parked WHERE topic = $1 AND partition = $2 AND kafka_offset = $3
)
ORDER BY kafka_offset;

-- name: read_parked_of
-- Read the parked records of some keys, each key's in order, up to a number; what has no key is the one at its offset.
SELECT p.topic, p.partition, p.kafka_offset, p.key, p.value, p.header_names, p.header_values, p.reason, p.is_follower, p.parked_at
FROM parked AS p
JOIN unnest($1::text[], $2::integer[], $3::bigint[], $4::bytea[]) AS k(topic, partition, kafka_offset, key)
    ON p.topic = k.topic AND p.partition = k.partition AND p.key = k.key AND (k.key <> '' OR p.kafka_offset = k.kafka_offset)
ORDER BY p.topic, p.partition, p.kafka_offset
LIMIT $5;

-- name: count_parked_of
-- Count the parked records of a key; what has no key is the one at its offset.
SELECT count(*) FROM parked WHERE topic = $1 AND partition = $2 AND key = $4 AND (key <> '' OR kafka_offset = $3);

-- name: park_again
-- Keep why a record that was applied again failed this time.
UPDATE parked SET reason = $4, is_follower = false WHERE topic = $1 AND partition = $2 AND kafka_offset = $3;

-- name: unpark
-- Take a record out of the parking.
DELETE FROM parked WHERE topic = $1 AND partition = $2 AND kafka_offset = $3;

-- name: record_decision
-- Remember what an operator did with a parked record, and why.
INSERT INTO parked_decision (topic, partition, kafka_offset, decision, decided_by, why, value)
VALUES ($1, $2, $3, $4, $5, $6, $7);

-- name: list_topic_ids
-- List the topics that checkpoints were made for.
SELECT DISTINCT topic, topic_id FROM checkpoint;

-- name: sum_checkpoints
-- Read how far each topic and partition was applied, for lag.
SELECT topic, partition, next_offset FROM checkpoint;
