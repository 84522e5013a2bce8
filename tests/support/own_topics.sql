-- name: read_unsent
-- Read what is to be sent to some topics, in order.
SELECT j.* FROM journal AS j JOIN relay AS r USING (topic, partition)
WHERE j.topic = ANY($1::text[]) AND j.position > r.sent_position ORDER BY j.topic, j.partition, j.position;

-- name: mark_sent
-- Move the relay's mark.
UPDATE relay SET sent_position = $3 WHERE topic = $1 AND partition = $2;

-- name: read_journal
-- Read what was published to some topics, in order.
SELECT * FROM journal WHERE topic = ANY($1::text[]) ORDER BY topic, partition, position;

-- name: drop_schema
-- Lose a schema.
DROP SCHEMA "{schema}" CASCADE;
