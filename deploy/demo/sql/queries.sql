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
-- Read how many timers are due by the stepped clock, and when the next one will be.
SELECT
    (SELECT count(*) FROM deadlines.progress AS p, public.office_clock AS c WHERE p.fire_at <= c.instant) AS due,
    (SELECT min(p.fire_at) FROM deadlines.progress AS p) AS next;

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
