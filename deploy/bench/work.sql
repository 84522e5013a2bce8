-- name: create_row
-- Make the table that every contender folds the messages into: how many a key had, the sum of their numbers, the last title.
CREATE TABLE row (key text PRIMARY KEY, n bigint NOT NULL, total bigint NOT NULL, last text NOT NULL) WITH (fillfactor = 70);

-- name: drop_schema
-- Forget the run before.
DROP SCHEMA IF EXISTS bench CASCADE;

-- name: flush
-- Write out what earlier runs left dirty, so that this one does not pay for it.
CHECKPOINT;

-- name: upsert
-- Add a batch, folded, to the table.
INSERT INTO row AS r (key, n, total, last)
SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::text[])
ON CONFLICT (key) DO UPDATE SET n = r.n + excluded.n, total = r.total + excluded.total, last = excluded.last;

-- name: move_checkpoints
-- Move the checkpoints of the partitions that a batch came from.
UPDATE checkpoint AS c SET next_offset = m.next_offset
FROM unnest($2::integer[], $3::bigint[]) AS m(partition, next_offset)
WHERE c.topic = $1 AND c.partition = m.partition;

-- name: add_checkpoints
-- Begin every partition of a topic at its first offset.
INSERT INTO checkpoint (topic, partition, topic_id) SELECT $1, p, $3 FROM generate_series(0, $2::integer - 1) AS p;

-- name: sum_checkpoints
-- Count what was applied of a topic.
SELECT coalesce(sum(next_offset), 0)::bigint FROM checkpoint WHERE topic = $1;

-- name: read_checkpoints
-- Read how far each partition of a topic was applied.
SELECT partition, next_offset FROM checkpoint WHERE topic = $1;

-- name: read_rows
-- Read the whole result.
SELECT key, n, total, last FROM row;

-- name: count_parked
-- Count what was set aside.
SELECT count(*) FROM parked;
