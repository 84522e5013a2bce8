-- Escalation of missed deadlines, and its timers.

-- name: read_cases
-- Read what is known of some deadlines, those that were ever missed.
SELECT deadline, state FROM escalation WHERE deadline = ANY($1::uuid[]);

-- name: store_cases
-- Keep what is known of deadlines that were missed.
INSERT INTO escalation (partition, deadline, directive, state, fire_at)
SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::bytea[], $5::timestamptz[])
ON CONFLICT (deadline) DO UPDATE SET state = excluded.state, fire_at = excluded.fire_at;

-- name: read_next_escalations
-- Read when the next level is told in each partition. Of a directive of which no fact was read yet nobody knows who issued it: it waits.
SELECT p.partition, t.fire_at
FROM partition AS p
CROSS JOIN LATERAL (
    SELECT e.fire_at FROM escalation AS e
    JOIN roll AS r ON r.directive = e.directive
    WHERE e.partition = p.partition AND e.fire_at IS NOT NULL
    ORDER BY e.fire_at LIMIT 1
) AS t
ORDER BY t.fire_at;

-- name: read_due_cases
-- Read the deadlines of a partition of which a level is due, the oldest first, up to a number of them.
SELECT e.deadline, e.directive, e.state
FROM escalation AS e
JOIN roll AS r ON r.directive = e.directive
WHERE e.partition = $1 AND e.fire_at <= $2
ORDER BY e.fire_at, e.deadline
LIMIT $3;

-- name: wake_escalations
-- Tell the timers, once the transaction commits, that one may fire earlier than they know.
SELECT pg_notify('dondoc_timers', current_schema());
