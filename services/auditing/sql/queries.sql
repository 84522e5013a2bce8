-- name: audit_marks
-- Read how far a topic's positions were given and sent in each partition, before anything else is looked at.
SELECT partition, last_position, sent_position FROM relay WHERE topic = $1 ORDER BY partition;

-- name: audit_partitions
-- Read in which partitions the registrar knows anything, whether or not they should be there.
SELECT partition FROM relay WHERE topic = $1 UNION SELECT partition FROM stream;

-- name: audit_last_given
-- Read the last position that was given in a partition, as of this transaction.
SELECT last_position FROM relay WHERE topic = $1 AND partition = $2;

-- name: audit_journal
-- Read a partition of the journal in order, up to a position.
SELECT position, key, value, cause, previous_hash, hash FROM journal
WHERE topic = $1 AND partition = $2 AND position <= $3
ORDER BY position;

-- name: audit_events
-- Read some events of a partition by their positions.
SELECT position, key, value, cause, previous_hash, hash FROM journal WHERE topic = $1 AND partition = $2 AND position = ANY($3::bigint[]);

-- name: audit_streams
-- Read the heads that the registrar goes on from.
SELECT key, version, hash FROM stream WHERE partition = $1;
