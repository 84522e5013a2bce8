-- name: read_journal
-- Read what was published to a topic.
SELECT * FROM journal WHERE topic = $1 ORDER BY partition, position;

-- name: read_receipt
-- Read what became of a record.
SELECT * FROM receipt WHERE partition = $1 AND kafka_offset = $2;

-- name: read_number_owner
-- Read whom the only claimed number belongs to.
SELECT owner FROM claim WHERE kind = 'number';

-- name: count_waiting
-- Count the connections of this database that wait for another one.
SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database();

-- name: count_outcomes
-- Count receipts by what became of their records.
SELECT outcome, count(*) AS records FROM receipt GROUP BY outcome;

-- name: lose_marks
-- Forget what the relay has sent, as a crash may.
UPDATE relay SET sent_position = 0;

-- name: dump_stream
-- Read the whole table.
SELECT * FROM stream;

-- name: dump_fact
-- Read the whole table.
SELECT * FROM fact;

-- name: dump_claim
-- Read the whole table.
SELECT * FROM claim;

-- name: dump_unit
-- Read the whole table.
SELECT * FROM unit;

-- name: dump_receipt
-- Read the whole table.
SELECT * FROM receipt;

-- name: dump_waiting
-- Read the whole table.
SELECT * FROM waiting;

-- name: dump_publisher
-- Read the whole table.
SELECT * FROM publisher;

-- name: dump_journal
-- Read the whole table.
SELECT * FROM journal;
