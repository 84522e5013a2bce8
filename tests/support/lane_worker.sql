-- name: create
-- Make the tables that the test worker writes.
CREATE TABLE applied (key bytea PRIMARY KEY, n bigint NOT NULL);
CREATE TABLE applied_log (
    seq bigint GENERATED ALWAYS AS IDENTITY,
    topic text NOT NULL, partition integer NOT NULL, kafka_offset bigint NOT NULL, pid integer NOT NULL,
    PRIMARY KEY (topic, partition, kafka_offset)
);

-- name: count
-- Add to the counts.
INSERT INTO applied AS a SELECT * FROM unnest($1::bytea[], $2::bigint[])
ON CONFLICT (key) DO UPDATE SET n = a.n + excluded.n;

-- name: log
-- Remember each record; a second time breaks the primary key.
INSERT INTO applied_log (topic, partition, kafka_offset, pid)
SELECT e.topic, $1, e.kafka_offset, $4 FROM unnest($2::bigint[], $3::text[]) WITH ORDINALITY AS e(kafka_offset, topic, n) ORDER BY n;

-- name: sleep
-- Be slow inside the transaction.
SELECT pg_sleep($1);

-- name: ping
-- Ask for nothing.
SELECT 1;
