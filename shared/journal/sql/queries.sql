-- name: lock_partition
-- Take a partition's turn: wait until every other writer of it has committed or rolled back.
SELECT turn FROM partition WHERE partition = $1 FOR UPDATE;

-- name: add_partition
-- Make the row that writers of a partition lock.
INSERT INTO partition (partition) VALUES ($1) ON CONFLICT DO NOTHING;

-- name: end_turn
-- Count this writer, and tell the relay, once the transaction commits, of the topics that there is something to send to.
WITH ended AS (UPDATE partition SET turn = turn + 1 WHERE partition = $1 RETURNING partition)
SELECT pg_notify('dondoc_journal', current_schema() || '/' || ended.partition || '/' || t.topic)
FROM ended CROSS JOIN unnest($2::text[]) AS t(topic);

-- name: take_positions
-- Hand out the next positions of some topics in a partition and return the last one of each.
INSERT INTO relay AS r (topic, partition, last_position)
SELECT t.topic, $1, t.events FROM unnest($2::text[], $3::bigint[]) AS t(topic, events)
ON CONFLICT (topic, partition) DO UPDATE SET last_position = r.last_position + excluded.last_position
RETURNING topic, last_position;

-- name: read_journal
-- Read what the relay has still to send, in order, up to a number of events.
SELECT position, key, value, cause, previous_hash, hash
FROM journal
WHERE topic = $1 AND partition = $2 AND position > $3
ORDER BY position
LIMIT $4;

-- name: read_relay
-- Read the marks of a topic and partition.
SELECT last_position, sent_position FROM relay WHERE topic = $1 AND partition = $2;

-- name: mark_sent
-- Move the relay's mark and wake those who wait for an event to be in Kafka; never backwards, since two relays may overlap for a
-- moment. The commit is not waited for: a mark that is lost in a crash only sends again what every reader applies once.
WITH quick AS (SELECT set_config('synchronous_commit', 'off', true)),
moved AS (
    UPDATE relay SET sent_position = greatest(sent_position, $3) FROM quick WHERE topic = $1 AND partition = $2
    RETURNING topic, partition, sent_position
)
SELECT pg_notify('dondoc_sent', current_schema() || '/' || topic || '/' || partition || '/' || sent_position) FROM moved;

-- name: claim_partition
-- Become the one relay of a partition until this connection ends.
SELECT pg_try_advisory_lock(hashtext('dondoc.relay.' || current_schema()), $1);

-- name: write_journal
-- Append outgoing events at their positions; each names its topic by its place in the list of topics.
INSERT INTO journal (topic, partition, position, key, value, cause, previous_hash, hash)
SELECT ($2::text[])[e.topic], $1, e.position, e.key, e.value, e.cause, e.previous_hash, e.hash
FROM unnest($3::integer[], $4::bigint[], $5::bytea[], $6::bytea[], $7::text[], $8::bytea[], $9::bytea[])
    AS e(topic, position, key, value, cause, previous_hash, hash);

-- name: list_behind
-- List where something is to be sent to topics other than these.
SELECT topic, partition FROM relay WHERE sent_position < last_position AND topic <> ALL($1::text[]);

-- name: heartbeat
-- Show PostgreSQL that this process is running.
SELECT 1;
