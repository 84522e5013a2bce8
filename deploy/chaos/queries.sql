-- name: read_journal
-- Read what a schema's worker wanted to send.
SELECT topic, partition, position, value FROM journal;

-- name: read_checkpoints
-- Read how far a schema's worker has come.
SELECT topic, partition, next_offset, last_position FROM checkpoint;

-- name: read_parked
-- Read what a schema's worker put aside.
SELECT topic, partition, kafka_offset, reason FROM parked ORDER BY topic, partition, kafka_offset;

-- name: read_forwarded
-- Read how far a partition of an agency's own topic was forwarded.
SELECT next_offset FROM forwarder.checkpoint WHERE topic = $1 AND partition = $2;

-- name: count_unsent
-- Count what a schema's relay has still to send.
SELECT coalesce(sum(last_position - sent_position), 0)::bigint FROM relay;

-- name: count_due
-- Count the timers that should have fired by an instant: those of deadlines, of series that go on, and of the levels of what was missed.
SELECT
    (SELECT count(*) FROM deadlines.progress WHERE fire_at <= $1)
    + (SELECT count(*) FROM deadlines.series WHERE look_at <= $1)
    + (SELECT count(*) FROM notifications.escalation WHERE fire_at <= $1);

-- name: count_expired
-- Count the facts that have waited too long by an instant.
SELECT count(*) FROM registrar.waiting WHERE expires_at <= $1;

-- name: read_receipts
-- Read what became of each record of the inbox.
SELECT partition, kafka_offset, outcome, original_partition, original_offset FROM registrar.receipt;

-- name: read_fact
-- Read the timeline of the read model.
SELECT key::text, version, value, encode(hash, 'hex') FROM directives.fact;

-- name: read_deadline_event
-- Read what the read model keeps of the deadlines service's words.
SELECT directive::text, id, value, position FROM directives.deadline_event;

-- name: read_task
-- Read the states of tasks.
SELECT id::text, work, done_at, plan_draft_at, plan_final_at, conference_scheduled_at, conference_held_at, report_at FROM directives.task;

-- name: read_task_deadline
-- Read where deadlines stand.
SELECT id::text, due, soon_at, missed_at, met_at, is_on_time, met_fact FROM directives.task_deadline;

-- name: read_unit
-- Read the units; when one was received is not kept, so the timeline tells it.
SELECT u.id::text, f.received_at, u.registered_at
FROM directives.unit AS u
JOIN directives.fact AS f ON f.key = u.id AND f.version = 1;

-- name: read_directive
-- Read the directives.
SELECT id::text, received_at, registered_at FROM directives.directive;

-- name: read_plan
-- Read the plans.
SELECT id::text, received_at, registered_at FROM directives.plan;

-- name: read_conference
-- Read the conferences.
SELECT id::text, received_at, registered_at FROM directives.conference;

-- name: read_report
-- Read the reports.
SELECT id::text, received_at, registered_at FROM directives.report;

-- name: read_notice
-- Read the notices that inboxes show.
SELECT notice::text, partition, position FROM notifications.inbox;

-- name: read_stages
-- Tell which stages registered facts of the inbox (or the originals of repeats) have come through: their events sent, projected, and
-- applied by the services behind, with the marks of those services' relays.
SELECT
    own.partition,
    coalesce(sent.sent_position >= told.position, false) AS registrar,
    coalesce(projected.last_position >= told.position, false) AS directives,
    coalesce(timed.last_position >= told.position, false) AS deadlines,
    coalesce(notified.last_position >= told.position, false) AS notifications,
    coalesce(timers.last_position, 0) AS deadlines_written,
    coalesce(timers.sent_position, 0) AS deadlines_sent,
    coalesce(notices.last_position, 0) AS notifications_written,
    coalesce(notices.sent_position, 0) AS notifications_sent
FROM unnest($1::integer[], $2::bigint[]) AS asked(partition, kafka_offset)
JOIN registrar.receipt AS own ON own.partition = asked.partition AND own.kafka_offset = asked.kafka_offset
JOIN registrar.receipt AS told
    ON told.partition = coalesce(own.original_partition, own.partition)
    AND told.kafka_offset = coalesce(own.original_offset, own.kafka_offset)
    AND told.outcome = 'registered'
LEFT JOIN registrar.relay AS sent ON sent.topic = $3 AND sent.partition = told.partition
LEFT JOIN directives.checkpoint AS projected ON projected.topic = $3 AND projected.partition = told.partition
LEFT JOIN deadlines.checkpoint AS timed ON timed.topic = $3 AND timed.partition = told.partition
LEFT JOIN notifications.checkpoint AS notified ON notified.topic = $3 AND notified.partition = told.partition
LEFT JOIN deadlines.relay AS timers ON timers.partition = told.partition
LEFT JOIN notifications.relay AS notices ON notices.partition = told.partition;
