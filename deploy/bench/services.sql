-- name: count_applied
-- Count what a worker has applied of a topic.
SELECT coalesce(sum(next_offset), 0)::bigint FROM checkpoint WHERE topic = $1;

-- name: count_sent
-- Count what a worker's relay has got into Kafka of a topic.
SELECT coalesce(sum(sent_position), 0)::bigint FROM relay WHERE topic = $1;

-- name: count_journal
-- Count what a worker has published to a topic.
SELECT count(*) FROM journal WHERE topic = $1;

-- name: count_outcomes
-- Count the registrar's verdicts by their kind.
SELECT outcome, count(*) AS facts FROM receipt GROUP BY outcome;

-- name: count_unexplained
-- Count the refusals that tell no reason.
SELECT count(*) FROM receipt WHERE outcome = 'refused' AND coalesce(refusal::jsonb ->> 'reason', '') = '';

-- name: count_read_model
-- Count what the read model holds.
SELECT
    (SELECT count(*) FROM fact) AS facts, (SELECT count(*) FROM unit) AS units, (SELECT count(*) FROM directive) AS directives,
    (SELECT count(*) FROM task) AS tasks, (SELECT count(*) FROM plan) AS plans, (SELECT count(*) FROM conference) AS conferences,
    (SELECT count(*) FROM report) AS reports, (SELECT count(*) FROM parked) AS parked;

-- name: count_held
-- Count the conferences that took place, and the tasks that are done.
SELECT
    (SELECT count(*) FROM conference WHERE held_at IS NOT NULL) AS held, (SELECT count(*) FROM task WHERE work = 'done') AS done;

-- name: find_tasks
-- Find which of some tasks are visible.
SELECT id FROM task WHERE id = ANY($1::uuid[]);

-- name: count_missed
-- Count the deadlines that were told as missed.
SELECT count(*) FROM progress WHERE missed_event IS NOT NULL;
