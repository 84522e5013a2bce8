-- name: digest
-- Digest a table row by row, whatever order its rows are in.
SELECT md5(coalesce(string_agg(t::text, E'\n' ORDER BY t::text), '')) FROM "{table}" AS t;

-- name: task_works
-- Read the stored work axis of every task.
SELECT id, work FROM task;

-- name: count_facts
-- Count the facts of the timeline.
SELECT count(*) FROM fact;

-- name: deadline_marks
-- Read the moving parts of every deadline.
SELECT name, soon_at, missed_at, met_at, is_on_time FROM task_deadline ORDER BY name;

-- name: empty
-- Begin again.
TRUNCATE
    unit, unit_name, unit_successor, directive, task, plan, plan_item, conference, conference_task, report, extension, published_index,
    index_score, fact, task_deadline, deadline_event;
