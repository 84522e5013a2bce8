-- name: add_stream
-- Enter the head that the registrar would go on from.
INSERT INTO stream (partition, key, version, hash, state) VALUES ($1, $2, $3, $4, '{}');

-- name: read_journal
-- Read a topic's journal, whole.
SELECT partition, position, key, value, cause, previous_hash, hash FROM journal WHERE topic = $1 ORDER BY partition, position;

-- name: flip
-- Change one letter of an event.
UPDATE journal SET value = set_byte(value, length(value) - 5, get_byte(value, length(value) - 5) # 1)
WHERE topic = $1 AND partition = $2 AND position = $3;

-- name: flip_and_hash
-- Change one letter of an event, and give it the hash of what it says now.
WITH flipped AS (
    SELECT set_byte(value, length(value) - 5, get_byte(value, length(value) - 5) # 1) AS value
    FROM journal WHERE topic = $1 AND partition = $2 AND position = $3
)
UPDATE journal AS j SET value = f.value, hash = sha256(j.previous_hash || f.value)
FROM flipped AS f WHERE j.topic = $1 AND j.partition = $2 AND j.position = $3;

-- name: change_cause
-- Say that an event follows from something else.
UPDATE journal SET cause = 'timer/other' WHERE topic = $1 AND partition = $2 AND position = $3;

-- name: remove
-- Take an event out.
DELETE FROM journal WHERE topic = $1 AND partition = $2 AND position = $3;

-- name: remove_key
-- Take all events of a key out.
DELETE FROM journal WHERE topic = $1 AND key = $2;

-- name: forget_stream
-- Forget a key's head.
DELETE FROM stream WHERE key = $1;

-- name: move
-- Give an event another position.
UPDATE journal SET position = $4 WHERE topic = $1 AND partition = $2 AND position = $3;

-- name: copy
-- Add an event again under another position.
INSERT INTO journal (topic, partition, position, key, value, cause, previous_hash, hash)
SELECT topic, partition, $4, key, value, cause, previous_hash, hash FROM journal WHERE topic = $1 AND partition = $2 AND position = $3;

-- name: set_marks
-- Say how far positions were given and sent.
UPDATE relay SET last_position = $3, sent_position = $3 WHERE topic = $1 AND partition = $2;

-- name: set_stream
-- Say which head the registrar goes on from.
UPDATE stream SET version = $2, hash = $3 WHERE key = $1;

-- name: rename_topic
-- Say that the journal belongs to another topic.
UPDATE journal SET topic = $2 WHERE topic = $1;

-- name: rename_marks
-- Say that the marks belong to another topic.
UPDATE relay SET topic = $2 WHERE topic = $1;
