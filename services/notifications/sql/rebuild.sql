-- How the tables come out of what the service has said, and what no topic tells: how units are reached, and what is being sent to them.

-- name: create_untold
-- Remember escalations whose notices were not read yet.
CREATE TABLE IF NOT EXISTS untold (notice uuid PRIMARY KEY, partition integer NOT NULL, value bytea NOT NULL);

-- name: drop_untold
-- Forget what only a rebuild needs.
DROP TABLE untold;

-- name: add_untold
-- Remember escalations by the notices that go with them, those that are not there.
INSERT INTO untold (notice, partition, value)
SELECT u.notice, $1, u.value FROM unnest($2::uuid[], $3::bytea[]) AS u(notice, value)
WHERE NOT EXISTS (SELECT FROM notice AS n WHERE n.notice = u.notice)
ON CONFLICT DO NOTHING;

-- name: forget_untold
-- Forget escalations whose notices are there.
DELETE FROM untold WHERE notice = ANY($1::uuid[]);

-- name: take_untold
-- Take the escalations of a partition whose notices never came.
DELETE FROM untold WHERE partition = $1 RETURNING value;

-- name: fold_acknowledgements
-- Add acknowledgements, as they were told.
INSERT INTO acknowledgement (partition, notice, position, acknowledged_by, acknowledged_at)
SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::timestamptz[]);

-- name: fold_endings
-- Add what came of notices, as it was told.
INSERT INTO ending (partition, notice, position, outcome, attempts, detail, ended_at)
SELECT $1, * FROM unnest($2::uuid[], $3::bigint[], $4::text[], $5::integer[], $6::text[], $7::timestamptz[]);

-- name: read_answered
-- Read the last events that notices follow from, by topic and partition.
SELECT split_part(cause, '/', 1) AS topic, partition, max(split_part(cause, '/', 3)::bigint) AS kafka_offset
FROM journal
WHERE topic = $1 AND split_part(cause, '/', 1) = ANY($2::text[])
GROUP BY 1, 2;

-- name: hold_deliveries
-- Keep contacts and deliveries as they are until the new tables have their place: couriers and pages write them without a partition's turn.
LOCK TABLE "{live}".contact, "{live}".webhook_secret, "{live}".delivery, "{live}".attempt IN EXCLUSIVE MODE;

-- name: take_contacts
-- Take over how units are reached.
INSERT INTO "{schema}".contact SELECT c.* FROM "{live}".contact AS c;

-- name: take_secrets
-- Take over what webhooks are signed with.
INSERT INTO "{schema}".webhook_secret SELECT s.* FROM "{live}".webhook_secret AS s;

-- name: take_deliveries
-- Take over what is sent of the notices that there are. What an old backup holds as pending, though its notice has ended, is over: sending it
-- again would be worse than sending it once less.
INSERT INTO "{schema}".delivery (
    delivery, notice, partition, position, contact, kind, lane, state, attempts, next_at, leased_until, finished_at, made_at
)
SELECT d.delivery, d.notice, n.partition, n.position, d.contact, d.kind, d.lane,
    CASE WHEN e.notice IS NULL THEN d.state ELSE e.outcome END, d.attempts, d.next_at,
    CASE WHEN e.notice IS NULL THEN d.leased_until END, coalesce(d.finished_at, e.ended_at), d.made_at
FROM "{live}".delivery AS d
JOIN "{schema}".notice AS n ON n.notice = d.notice
LEFT JOIN "{schema}".ending AS e
    ON e.notice = d.notice AND d.state = 'pending' AND NOT EXISTS (SELECT FROM "{live}".ending AS o WHERE o.notice = d.notice);

-- name: take_attempts
-- Take over what was tried.
INSERT INTO "{schema}".attempt
SELECT a.* FROM "{live}".attempt AS a JOIN "{schema}".delivery AS d ON d.delivery = a.delivery;

-- name: read_unsent
-- Read the notices beyond the inbox that an old backup lacks and of which nobody knows what came of them, each with the contacts of its unit.
SELECT n.partition, n.notice, n.position, c.id AS contact, c.kind, c.value
FROM notice AS n
JOIN contact AS c ON c.unit = n.recipient AND c.kind = n.channel AND c.disabled_at IS NULL
WHERE (c.kind <> 'webhook' OR EXISTS (SELECT FROM webhook_secret AS s WHERE s.contact = c.id))
    AND NOT EXISTS (SELECT FROM ending AS e WHERE e.notice = n.notice)
    AND NOT EXISTS (SELECT FROM "{live}".notice AS o WHERE o.notice = n.notice)
ORDER BY n.partition, n.position, c.id;
