-- name: store_units
-- Keep the names and codes of registered units.
INSERT INTO unit (unit, code, name, short_name)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[])
ON CONFLICT (unit) DO UPDATE SET code = excluded.code, name = excluded.name, short_name = excluded.short_name;

-- name: rename_units
-- Keep the newest names of units.
UPDATE unit AS u SET name = n.name, short_name = n.short_name
FROM unnest($1::uuid[], $2::text[], $3::text[]) AS n(unit, name, short_name)
WHERE u.unit = n.unit;

-- name: read_rolls
-- Read who is concerned with some directives.
SELECT directive, state FROM roll WHERE directive = ANY($1::uuid[]);

-- name: store_rolls
-- Keep who is concerned with directives.
INSERT INTO roll (directive, state) SELECT * FROM unnest($1::uuid[], $2::bytea[])
ON CONFLICT (directive) DO UPDATE SET state = excluded.state;

-- name: read_facts
-- Read the facts of some directives, in order.
SELECT directive, version, value FROM fact WHERE directive = ANY($1::uuid[]) ORDER BY directive, version;

-- name: store_facts
-- Keep facts, for one of them that is voided later.
INSERT INTO fact (directive, version, value) SELECT * FROM unnest($1::uuid[], $2::integer[], $3::bytea[])
ON CONFLICT (directive, version) DO UPDATE SET value = excluded.value;

-- name: store_conferences
-- Keep conferences of a partition, for tasks that become known later.
INSERT INTO conference (partition, kafka_offset, directive, value)
SELECT $1, * FROM unnest($2::bigint[], $3::uuid[], $4::bytea[])
ON CONFLICT DO NOTHING;

-- name: store_outcomes
-- Keep deadlines of a partition that were missed or met, for an issuer that becomes known later.
INSERT INTO outcome (partition, kafka_offset, directive, value)
SELECT $1, * FROM unnest($2::bigint[], $3::uuid[], $4::bytea[])
ON CONFLICT DO NOTHING;

-- name: read_conferences
-- Read the conferences of some directives, in order.
SELECT partition, kafka_offset, value FROM conference WHERE directive = ANY($1::uuid[]) ORDER BY partition, kafka_offset;

-- name: read_outcomes
-- Read the deadlines missed or met of some directives, in order.
SELECT partition, kafka_offset, value FROM outcome WHERE directive = ANY($1::uuid[]) ORDER BY partition, kafka_offset;

-- name: read_told
-- Read who was told of some events of some directives.
SELECT directive, about, recipient, notice, title, rule, channel
FROM notice
WHERE about = ANY($1::text[]) AND directive = ANY($2::uuid[]) AND channel = 'inbox';

-- name: read_issued
-- Read which of some notices were issued already.
SELECT notice FROM notice WHERE notice = ANY($1::uuid[]);

-- name: add_notices
-- Add notices, each with the position of its event.
INSERT INTO notice (
    partition, position, notice, recipient, rule, channel, directive, task, about, title, body, corrects, issued_at, escalates, invitation
)
SELECT
    $1, n.position, n.notice, n.recipient, n.rule, n.channel, n.directive, n.task, n.about, n.title, n.body, n.corrects,
    n.issued_at, n.escalates, n.invitation
FROM unnest(
    $2::bigint[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::uuid[], $9::text[], $10::text[], $11::text[], $12::uuid[],
    $13::timestamptz[], $14::uuid[], $15::jsonb[]
)
    AS n(position, notice, recipient, rule, channel, directive, task, about, title, body, corrects, issued_at, escalates, invitation);

-- name: read_reachable
-- Read through which contacts units can be reached now; a webhook only where its secret is there.
SELECT unit, id, kind, value
FROM contact AS c
WHERE unit = ANY($1::uuid[]) AND kind = ANY($2::text[]) AND disabled_at IS NULL
    AND (kind <> 'webhook' OR EXISTS (SELECT FROM webhook_secret AS s WHERE s.contact = c.id))
ORDER BY unit, kind, id;

-- name: add_deliveries
-- Add what is to be sent, each with the position of its notice's event.
INSERT INTO delivery (partition, delivery, notice, position, contact, kind, lane)
SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::bigint[], $5::uuid[], $6::text[], $7::text[]);

-- name: find_notice
-- Find a notice that its recipient has been shown.
SELECT partition, directive FROM inbox WHERE notice = $1 AND recipient = $2;

-- name: read_acknowledgement
-- Read the acknowledgement of a notice, whether it is in Kafka yet or not.
SELECT partition, position, acknowledged_by, acknowledged_at FROM acknowledgement WHERE notice = $1;

-- name: add_acknowledgement
-- Add the acknowledgement of a notice.
INSERT INTO acknowledgement (notice, partition, position, acknowledged_by, acknowledged_at) VALUES ($1, $2, $3, $4, $5);

-- name: find_unit
-- Find a unit by its code or its id, among all units or one alone; were a code registered twice, the answer stays the same one.
SELECT unit, code, name FROM unit WHERE (code = $1 OR unit = $2) AND ($3::uuid IS NULL OR unit = $3) ORDER BY unit LIMIT 1;

-- name: read_newest
-- Read a page of an inbox, newest first, after a (time, notice) that was read before: unread notices, acknowledged ones, or all.
SELECT *
FROM inbox
WHERE recipient = $1
    AND ($2::timestamptz IS NULL OR (issued_at, notice) < ($2, $3::uuid))
    AND ($4::boolean IS NULL OR $4 = (acknowledged_at IS NULL))
ORDER BY issued_at DESC, notice DESC
LIMIT $5;

-- name: count_unread
-- Count the notices of an inbox that nobody has acknowledged.
SELECT count(*) FROM inbox WHERE recipient = $1 AND acknowledged_at IS NULL;

-- name: read_reached
-- Read the highest position of each partition that an inbox shows.
SELECT s.partition, n.position
FROM sent AS s
CROSS JOIN LATERAL (
    SELECT max(position) AS position FROM notice
    WHERE recipient = $1 AND partition = s.partition AND position <= s.sent_position
) AS n
WHERE n.position IS NOT NULL;

-- name: read_after
-- Read what an inbox shows beyond the positions that were seen in each partition; a part of it is, in each partition, a beginning.
SELECT n.*
FROM sent AS s
LEFT JOIN unnest($2::integer[], $3::bigint[]) AS seen(partition, position) ON seen.partition = s.partition
CROSS JOIN LATERAL (
    SELECT * FROM inbox AS i
    WHERE i.recipient = $1 AND i.partition = s.partition AND i.position > coalesce(seen.position, 0)
    ORDER BY i.position
    LIMIT $4
) AS n
ORDER BY n.position, n.partition
LIMIT $4;

-- name: read_sent
-- Read how far Kafka has our events in each partition.
SELECT partition, sent_position FROM sent;

-- name: read_recipients
-- Read whose inboxes show something new between two marks of some partitions.
SELECT DISTINCT n.recipient
FROM unnest($1::integer[], $2::bigint[], $3::bigint[]) AS moved(partition, above, upto)
JOIN notice AS n ON n.partition = moved.partition AND n.position > moved.above AND n.position <= moved.upto;

-- name: read_contacts
-- Read how a unit is reached.
SELECT id, kind, value, label, changed_at FROM contact WHERE unit = $1 ORDER BY kind, value;

-- name: put_contact
-- Add a contact or change it, and tell whether it is new, and whether it leads elsewhere now: how it fared where it led before counts no
-- more then. No row where another unit has its id.
INSERT INTO contact AS c (id, unit, kind, value, label, changed_at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (id) DO UPDATE
SET
    kind = excluded.kind, value = excluded.value, label = excluded.label, changed_at = excluded.changed_at,
    failing_since = CASE WHEN (c.kind, c.value) = (excluded.kind, excluded.value) THEN c.failing_since END,
    disabled_at = CASE WHEN (c.kind, c.value) = (excluded.kind, excluded.value) THEN c.disabled_at END,
    disabled_why = CASE WHEN (c.kind, c.value) = (excluded.kind, excluded.value) THEN c.disabled_why END
WHERE c.unit = excluded.unit
RETURNING old.id IS NULL AS is_new, (old.kind, old.value) <> (new.kind, new.value) AS is_moved;

-- name: readdress_deliveries
-- Let what is pending for a contact be looked at at once, in the lane of its present address, and wake the couriers.
WITH moved AS (
    UPDATE delivery SET lane = coalesce($2, lane), next_at = now() WHERE contact = $1 AND state = 'pending' RETURNING delivery
)
SELECT pg_notify('dondoc_deliveries', '') FROM moved LIMIT 1;

-- name: delete_contact
-- Remove a contact of a unit, and tell its kind.
DELETE FROM contact WHERE id = $1 AND unit = $2 RETURNING kind;

-- name: read_reach
-- Count the mail addresses and webhooks of units with some codes (canonical): those that a notice would go to now (see read_reachable).
SELECT
    u.code, u.name,
    (SELECT count(*) FROM contact AS c WHERE c.unit = u.unit AND c.kind = 'mail' AND c.disabled_at IS NULL) AS mails,
    (
        SELECT count(*) FROM contact AS c
        WHERE c.unit = u.unit AND c.kind = 'webhook' AND c.disabled_at IS NULL
            AND EXISTS (SELECT FROM webhook_secret AS s WHERE s.contact = c.id)
    ) AS webhooks
FROM unit AS u
WHERE u.code = ANY($1::text[])
ORDER BY u.code, u.unit;
