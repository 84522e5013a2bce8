-- name: begin
-- Begin a partition of a topic.
INSERT INTO checkpoint (topic, partition, topic_id) VALUES ($1, $2, gen_random_uuid());

-- name: enter_units
-- Enter units, as if they had been registered before.
INSERT INTO unit (id, code) SELECT u.id, 'H1' FROM unnest($1::uuid[]) AS u(id);

-- name: read_journal
-- Read all that was published.
SELECT topic, partition, position, key, value, cause, previous_hash, hash FROM journal;
