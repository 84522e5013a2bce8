-- name: find_lanes
-- Find the lanes in which deliveries are pending, each with how many seconds off its earliest one is.
WITH RECURSIVE lane AS (
    (SELECT lane FROM delivery WHERE state = 'pending' ORDER BY lane LIMIT 1)
    UNION ALL
    SELECT (SELECT d.lane FROM delivery AS d WHERE d.state = 'pending' AND d.lane > lane.lane ORDER BY d.lane LIMIT 1)
    FROM lane
    WHERE lane.lane IS NOT NULL
)
SELECT lane.lane, extract(epoch FROM first.next_at - now())::float8 AS seconds
FROM lane
CROSS JOIN LATERAL (
    SELECT d.next_at FROM delivery AS d WHERE d.state = 'pending' AND d.lane = lane.lane ORDER BY d.next_at LIMIT 1
) AS first
ORDER BY first.next_at;

-- name: claim_deliveries
-- Take what is due in some lanes, so many of each, where Kafka has the notice: nobody else takes it while the lease runs. Where there is
-- somewhere to send it and an attempt is left, that attempt is written down before it begins, and what follows should it never end.
WITH chosen AS (
    SELECT d.delivery, d.has_contact, d.has_contact AND d.attempts < $5 AS has_attempt
    FROM unnest($1::text[], $2::integer[]) AS free(lane, room)
    CROSS JOIN LATERAL (
        SELECT d.delivery, d.attempts, c.id IS NOT NULL AS has_contact
        FROM delivery AS d
        JOIN sent AS s ON s.partition = d.partition AND d.position <= s.sent_position
        LEFT JOIN contact AS c ON c.id = d.contact AND c.kind = d.kind AND c.disabled_at IS NULL
        WHERE d.state = 'pending' AND d.lane = free.lane AND d.next_at <= now() AND coalesce(d.leased_until <= now(), true)
        ORDER BY d.next_at
        LIMIT free.room
        FOR UPDATE OF d SKIP LOCKED
    ) AS d
),
claimed AS (
    UPDATE delivery AS d
    SET attempts = d.attempts + c.has_attempt::integer, leased_until = now() + make_interval(secs => $3::float8),
        next_at = now() + make_interval(secs => greatest($3::float8, ($4::float8[])[d.attempts + 2]))
    FROM chosen AS c
    WHERE d.delivery = c.delivery
    RETURNING d.delivery, d.notice, d.partition, d.contact, d.lane, d.attempts, c.has_contact, c.has_attempt
),
begun AS (
    INSERT INTO attempt (delivery, number, started_at) SELECT delivery, attempts, clock_timestamp() FROM claimed WHERE has_attempt
)
SELECT
    d.delivery, d.partition, d.lane, d.attempts, d.has_contact, d.has_attempt, d.contact, c.value AS address, c.label,
    n.recipient AS unit, coalesce(u.code, '') AS code, coalesce(u.name, '') AS name, n.notice, n.rule, n.title, n.body, n.directive, n.task, n.about, n.issued_at, n.corrects, n.escalates, n.invitation, ARRAY(
        SELECT e.notice FROM notice AS e
        WHERE e.task = n.task AND e.recipient = n.recipient AND e.channel = n.channel AND e.partition = n.partition
            AND e.position < n.position
        ORDER BY e.position DESC
        LIMIT 5
    ) AS earlier
FROM claimed AS d
JOIN notice AS n ON n.notice = d.notice
LEFT JOIN contact AS c ON c.id = d.contact
LEFT JOIN unit AS u ON u.unit = n.recipient;

-- name: end_attempts
-- Write down what came of attempts.
UPDATE attempt AS a
SET finished_at = clock_timestamp(), outcome = o.outcome, code = o.code, detail = o.detail
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::text[]) AS o(delivery, number, outcome, code, detail)
WHERE a.delivery = o.delivery AND a.number = o.number;

-- name: put_off
-- Let a delivery wait for its next attempt; not where somebody took it over meanwhile.
UPDATE delivery
SET next_at = now() + make_interval(secs => $3::float8), leased_until = NULL
WHERE delivery = $1 AND attempts = $2 AND state = 'pending';

-- name: finish_deliveries
-- End deliveries; what was taken counts whoever held the lease, anything else only where nobody took it over meanwhile. What failed after an
-- attempt that may have been taken is unknown.
UPDATE delivery AS d
SET finished_at = clock_timestamp(), leased_until = NULL, state = CASE
    WHEN f.state <> 'delivered' AND EXISTS (SELECT FROM attempt AS a WHERE a.delivery = d.delivery AND a.outcome = 'unknown') THEN 'unknown'
    ELSE f.state
END
FROM unnest($1::uuid[], $2::integer[], $3::text[]) AS f(delivery, attempts, state)
WHERE d.delivery = f.delivery AND d.state = 'pending' AND (f.state = 'delivered' OR d.attempts = f.attempts);

-- name: read_standings
-- Read how the deliveries of some notices stand, each with the attempt that says most, where nothing was told of the notice yet.
SELECT d.notice, n.recipient, n.directive, n.channel, d.state, d.attempts, a.number, a.code
FROM delivery AS d
JOIN notice AS n ON n.notice = d.notice
LEFT JOIN LATERAL (
    SELECT number, code FROM attempt WHERE attempt.delivery = d.delivery
    ORDER BY outcome = d.state DESC, number DESC
    LIMIT 1
) AS a ON true
WHERE d.notice = ANY($1::uuid[]) AND NOT EXISTS (SELECT FROM ending AS e WHERE e.notice = d.notice)
ORDER BY n.position, d.delivery;

-- name: add_endings
-- Add what came of notices, with the positions of the events that say so.
INSERT INTO ending (partition, notice, position, outcome, attempts, detail, ended_at)
SELECT $1, e.*, $7 FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::integer[], $6::text[]) AS e;

-- name: list_deliveries
-- List deliveries of notices that are in Kafka, newest first, after a (time, delivery) that was read before.
SELECT
    d.delivery, d.notice, d.contact, d.kind AS channel, d.state, d.next_at, d.made_at, d.finished_at, n.rule, n.directive, n.task, n.title,
    n.recipient AS unit, u.code AS unit_code
FROM delivery AS d
JOIN notice AS n ON n.notice = d.notice
JOIN sent AS s ON s.partition = d.partition AND d.position <= s.sent_position
LEFT JOIN unit AS u ON u.unit = n.recipient
WHERE ($1::timestamptz IS NULL OR (d.made_at, d.delivery) < ($1, $2::uuid))
    AND ($3::uuid IS NULL OR n.recipient = $3)
    AND ($4::uuid IS NULL OR n.directive = $4)
    AND ($5::uuid IS NULL OR n.task = $5)
    AND ($6::uuid IS NULL OR d.notice = $6)
    AND ($7::text IS NULL OR d.state = $7)
    AND ($8::text IS NULL OR d.kind = $8)
ORDER BY d.made_at DESC, d.delivery DESC
LIMIT $9;

-- name: list_attempts
-- List the attempts at some deliveries, in order.
SELECT delivery, number, started_at, finished_at, outcome, code, detail
FROM attempt
WHERE delivery = ANY($1::uuid[])
ORDER BY delivery, number;

-- name: list_tellings
-- List who was told of a directive or one of its tasks, newest first, below a position that was read before: the notices of inboxes.
SELECT
    i.notice, i.position, i.recipient, i.rule, i.task, i.about, i.title, i.issued_at, i.acknowledged_by, i.acknowledged_at, u.code, u.name
FROM inbox AS i
LEFT JOIN unit AS u ON u.unit = i.recipient
WHERE i.directive = $1
    AND ($2::uuid IS NULL OR i.task = $2)
    AND ($3::uuid IS NULL OR i.recipient = $3)
    AND ($4::bigint IS NULL OR i.position < $4)
ORDER BY i.position DESC
LIMIT $5;

-- name: list_copies
-- List the deliveries of what was sent of some events of a directive beside the inbox.
SELECT n.about, n.rule, n.recipient, d.delivery, d.kind AS channel, d.state, d.next_at, c.label
FROM notice AS n
JOIN sent AS s ON s.partition = n.partition AND n.position <= s.sent_position
JOIN delivery AS d ON d.notice = n.notice
LEFT JOIN contact AS c ON c.id = d.contact
WHERE n.directive = $1 AND n.about = ANY($2::text[]) AND n.channel <> 'inbox'
ORDER BY n.position, d.delivery;
