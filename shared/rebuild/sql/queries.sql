-- name: claim
-- Become the one rebuild of a schema until this connection ends.
SELECT pg_try_advisory_lock(hashtext('dondoc.rebuild'), hashtext($1));

-- name: has_schema
-- Tell whether a schema is there.
SELECT EXISTS (SELECT FROM pg_namespace WHERE nspname = $1);

-- name: drop_schema
-- Drop a schema with all that is in it; the name is one of our own constants.
DROP SCHEMA IF EXISTS "{schema}" CASCADE;

-- name: rename_schema
-- Give a schema another name; who uses its tables by search_path finds what has the name now.
ALTER SCHEMA "{schema}" RENAME TO "{name}";

-- name: list_migrations_of
-- List the migrations that made a schema, in the order in which they were run.
SELECT name FROM "{schema}".migration ORDER BY name;

-- name: list_late_indexes
-- List the indexes that only questions need: a row is never looked up by them while facts are applied.
SELECT i.indexname, i.indexdef FROM pg_indexes AS i WHERE i.schemaname = $1 AND i.indexdef LIKE '% USING gin %' ORDER BY 1;

-- name: create_late_index
-- Remember the indexes that are made at the end.
CREATE TABLE IF NOT EXISTS late_index (name text PRIMARY KEY, definition text NOT NULL);

-- name: add_late_index
-- Remember an index that is made at the end.
INSERT INTO late_index (name, definition) VALUES ($1, $2) ON CONFLICT DO NOTHING;

-- name: read_late_indexes
-- Read the indexes that are still to be made.
SELECT name, definition FROM late_index ORDER BY name;

-- name: forget_late_index
-- Forget an index that was made.
DELETE FROM late_index WHERE name = $1;

-- name: drop_late_indexes
-- Forget the list of indexes.
DROP TABLE IF EXISTS late_index;

-- name: drop_index
-- Drop an index until the end.
DROP INDEX IF EXISTS "{name}";

-- name: wait_at_most
-- Wait for locks no longer than this, until the transaction ends.
SELECT set_config('lock_timeout', $1, true);

-- name: lock_partitions
-- Take the turns of all partitions of the live schema, and read how often each was written to.
SELECT partition, turn FROM "{schema}".partition ORDER BY partition FOR UPDATE;

-- name: add_partitions
-- Make the rows that writers lock, also of partitions that nobody has written to yet.
INSERT INTO "{schema}".partition (partition) SELECT DISTINCT c.partition FROM "{schema}".checkpoint AS c ON CONFLICT DO NOTHING;

-- name: read_live_checkpoints
-- Read how far the live schema is.
SELECT topic, partition, topic_id, next_offset FROM "{schema}".checkpoint WHERE topic = ANY($1::text[]);

-- name: read_live_positions
-- Read the last positions that the live schema has given out in some topics.
SELECT topic, partition, last_position FROM "{schema}".relay WHERE topic = ANY($1::text[]);

-- name: keep_journal
-- Keep what a service has sent, as it was in its journal.
INSERT INTO journal (topic, partition, position, key, value, cause, previous_hash, hash)
SELECT $1, $2, j.position, j.key, j.value, j.cause, j.previous_hash, j.hash
FROM unnest($3::bigint[], $4::bytea[], $5::bytea[], $6::text[], $7::bytea[], $8::bytea[])
    AS j(position, key, value, cause, previous_hash, hash);

-- name: keep_relay
-- Keep up to where a service has sent a topic: all that Kafka holds was sent.
INSERT INTO relay (topic, partition, last_position, sent_position) VALUES ($1, $2, $3, $3)
ON CONFLICT (topic, partition) DO UPDATE SET last_position = excluded.last_position, sent_position = excluded.sent_position;

-- name: forget_outputs
-- Forget how far a service's own topics were read: the worker does not follow them.
DELETE FROM checkpoint WHERE topic <> ALL($1::text[]);

-- name: take_relay
-- Take over the marks of topics that Kafka does not have (yet): what is meant for them waits.
INSERT INTO "{schema}".relay SELECT r.* FROM "{live}".relay AS r WHERE r.topic <> ALL($1::text[]);

-- name: take_journal
-- Take over what waits for topics that Kafka does not have (yet).
INSERT INTO "{schema}".journal SELECT j.* FROM "{live}".journal AS j WHERE j.topic <> ALL($1::text[]);

-- name: take_turns
-- Make what processes remember of the partitions count no more.
INSERT INTO "{schema}".partition AS p (partition, turn) SELECT t.partition, t.turn FROM unnest($1::integer[], $2::bigint[]) AS t(partition, turn)
ON CONFLICT (partition) DO UPDATE SET turn = greatest(p.turn, excluded.turn);

-- name: end_turns
-- Send whoever waits for a partition's turn to the schema that has the name now.
DELETE FROM "{schema}".partition;

-- name: read_discarded
-- Read which records operators have discarded.
SELECT DISTINCT topic, partition, kafka_offset FROM "{schema}".parked_decision WHERE decision = 'discarded';

-- name: has_outlived
-- Tell whether a record is parked in the shadow that operators have discarded since: what was behind it is to be applied after all.
SELECT EXISTS (
    SELECT FROM "{schema}".parked AS p
    JOIN "{live}".parked_decision AS d USING (topic, partition, kafka_offset)
    WHERE d.decision = 'discarded'
);

-- name: take_decisions
-- Take over what operators decided about parked records.
INSERT INTO "{schema}".parked_decision SELECT d.* FROM "{live}".parked_decision AS d ON CONFLICT DO NOTHING;

-- name: digest_table
-- Count the rows of a table and sum their digests (64 bits each), by the key or the partition that the rows belong to.
SELECT r.key, count(*) AS rows, sum(hashbyteaextended(record_send(r.content), 0)::numeric) AS digest
FROM ({rows}) AS r(key, content) GROUP BY 1;

-- name: parked_rows
-- Which records were parked, by partition; why, and since when, is each schema's own.
SELECT t.partition, ROW(t.topic, t.kafka_offset, t.key) FROM parked AS t

-- name: journal_rows
-- What a service has sent in some topics, by partition.
SELECT t.partition, t FROM journal AS t WHERE t.topic = ANY($1::text[])

-- name: analyze
-- Let the planner know the tables that were filled.
ANALYZE;
