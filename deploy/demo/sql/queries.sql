-- What the demonstration looks at in the services' databases, from outside; it changes nothing.

-- name: read_relays
-- Read how far each journal reaches, and how far its relay has sent it.
SELECT 'registrar' AS service, topic, partition, last_position, sent_position FROM registrar.relay
UNION ALL SELECT 'directives', topic, partition, last_position, sent_position FROM directives.relay
UNION ALL SELECT 'deadlines', topic, partition, last_position, sent_position FROM deadlines.relay
UNION ALL SELECT 'notifications', topic, partition, last_position, sent_position FROM notifications.relay;

-- name: read_checkpoints
-- Read how far each service has applied what it follows.
SELECT 'registrar' AS service, topic, partition, next_offset FROM registrar.checkpoint
UNION ALL SELECT 'directives', topic, partition, next_offset FROM directives.checkpoint
UNION ALL SELECT 'deadlines', topic, partition, next_offset FROM deadlines.checkpoint
UNION ALL SELECT 'notifications', topic, partition, next_offset FROM notifications.checkpoint;

-- name: read_timers
-- Read how many timers (of deadlines, of series that go on, and of levels that are told of missed ones) are due by the stepped clock, and
-- when the next one will be.
WITH timer AS (
    SELECT p.fire_at FROM deadlines.progress AS p
    UNION ALL
    SELECT s.look_at FROM deadlines.series AS s
    UNION ALL
    SELECT e.fire_at
    FROM notifications.escalation AS e
    JOIN notifications.roll AS r ON r.directive = e.directive
)
SELECT
    (SELECT count(*) FROM timer AS t, public.office_clock AS c WHERE t.fire_at <= c.instant) AS due,
    (SELECT min(t.fire_at) FROM timer AS t) AS next;

-- name: count_under_way
-- Count the deliveries by mail and webhook of which nobody knows yet what becomes, and notices of which Kafka does not say it yet.
SELECT
    (SELECT count(*) FROM notifications.delivery AS d WHERE d.state = 'pending')
    + (
        SELECT count(*)
        FROM notifications.notice AS n
        LEFT JOIN notifications.ending AS e ON e.notice = n.notice
        WHERE n.channel <> 'inbox' AND e.notice IS NULL
    );

-- name: read_parked
-- Read what each service could not apply, and why.
SELECT 'registrar' AS service, topic, partition, kafka_offset, reason FROM registrar.parked
UNION ALL SELECT 'directives', topic, partition, kafka_offset, reason FROM directives.parked
UNION ALL SELECT 'deadlines', topic, partition, kafka_offset, reason FROM deadlines.parked
UNION ALL SELECT 'notifications', topic, partition, kafka_offset, reason FROM notifications.parked;

-- name: read_journals
-- Read every event that the journals hold, in order.
SELECT topic, partition, position, value FROM registrar.journal
UNION ALL SELECT topic, partition, position, value FROM directives.journal
UNION ALL SELECT topic, partition, position, value FROM deadlines.journal
UNION ALL SELECT topic, partition, position, value FROM notifications.journal
ORDER BY topic, partition, position;

-- name: read_heads
-- Read the newest version of each directive and unit that the registrar goes on from.
SELECT key, version, hash FROM registrar.stream;

-- name: find_draft
-- Find the draft that was made of a file.
SELECT id FROM intake.draft WHERE sha256 = $1 AND state <> 'discarded';

-- name: read_draft_version
-- Read which version of a draft a form has to name.
SELECT version FROM intake.draft WHERE id = $1;

-- name: read_draft_answers
-- Read what was answered in a draft so far.
SELECT answers::text FROM intake.draft WHERE id = $1;

-- name: read_draft_facts
-- Read what was published of a draft.
SELECT facts::text FROM intake.draft WHERE id = $1;
