-- name: read_issue_days
-- Read when directives were issued.
SELECT directive_id, issued_on FROM directive WHERE directive_id = ANY($1::uuid[]);

-- name: put_directives
-- Keep when directives were issued.
INSERT INTO directive (directive_id, issued_on)
SELECT * FROM unnest($1::uuid[], $2::date[])
ON CONFLICT (directive_id) DO UPDATE SET issued_on = excluded.issued_on;

-- name: read_conferences
-- Read which tasks conferences serve.
SELECT conference_id, tasks FROM conference WHERE conference_id = ANY($1::uuid[]);

-- name: put_conferences
-- Keep which tasks conferences serve; an array of arrays cannot be ragged, so the tasks come as texts of array form.
INSERT INTO conference (conference_id, tasks)
SELECT c.conference_id, c.tasks::uuid[] FROM unnest($1::uuid[], $2::text[]) AS c(conference_id, tasks)
ON CONFLICT (conference_id) DO UPDATE SET tasks = excluded.tasks;

-- name: put_units
-- Keep the codes and names of units.
INSERT INTO unit (unit_id, code, name)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])
ON CONFLICT (unit_id) DO UPDATE SET code = excluded.code, name = excluded.name;

-- name: read_lives
-- Read the deadlines of some tasks.
SELECT deadline_id, task, directive, task_number, content, lead, coordinating, name, met_by, plan_stage, due, set_at, approached,
    missed_event, met_event, met_at, on_time, met_fact, corrects
FROM deadline
WHERE task = ANY($1::uuid[])
ORDER BY deadline_id;

-- name: read_lives_by_id
-- Read some deadlines.
SELECT deadline_id, task, directive, task_number, content, lead, coordinating, name, met_by, plan_stage, due, set_at, approached,
    missed_event, met_event, met_at, on_time, met_fact, corrects
FROM deadline
WHERE deadline_id = ANY($1::uuid[]);

-- name: read_due_lives
-- Read the deadlines of a partition whose timer has come, the oldest first, up to a number of them.
SELECT deadline_id, task, directive, task_number, content, lead, coordinating, name, met_by, plan_stage, due, set_at, approached,
    missed_event, met_event, met_at, on_time, met_fact, corrects
FROM deadline
WHERE partition = $1 AND fire_at <= $2
ORDER BY fire_at
LIMIT $3;

-- name: read_next_timers
-- Read when the next timer of each partition fires.
SELECT p.partition, t.fire_at
FROM partition AS p
CROSS JOIN LATERAL (
    SELECT d.fire_at FROM deadline AS d
    WHERE d.partition = p.partition AND d.fire_at IS NOT NULL
    ORDER BY d.fire_at LIMIT 1
) AS t
ORDER BY t.fire_at;

-- name: add_deadlines
-- Begin deadlines; one that is there already stays as it is.
INSERT INTO deadline (
    deadline_id, partition, task, directive, task_number, content, lead, coordinating, name, met_by, plan_stage, due, kind, recurrence,
    proof, set_at, next_stage, fire_at
)
SELECT d.deadline_id, $1, d.task, d.directive, d.task_number, d.content, d.lead, d.coordinating::uuid[], d.name, d.met_by, d.plan_stage,
    d.due, d.kind, d.recurrence, d.proof, d.set_at, d.next_stage, d.fire_at
FROM unnest(
    $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::uuid[], $8::text[], $9::text[], $10::text[], $11::text[],
    $12::timestamptz[], $13::text[], $14::text[], $15::text[], $16::timestamptz[], $17::text[],
    $18::timestamptz[]
) AS d(
    deadline_id, task, directive, task_number, content, lead, coordinating, name, met_by, plan_stage, due, kind, recurrence, proof, set_at,
    next_stage, fire_at
)
ON CONFLICT (deadline_id) DO NOTHING;

-- name: move_deadlines
-- Keep what became of deadlines, and their timers.
UPDATE deadline AS d
SET approached = n.approached, missed_event = n.missed_event, met_event = n.met_event, met_at = n.met_at, on_time = n.on_time,
    met_fact = n.met_fact, corrects = n.corrects, next_stage = n.next_stage, fire_at = n.fire_at
FROM unnest(
    $1::uuid[], $2::integer[], $3::text[], $4::text[], $5::timestamptz[], $6::boolean[], $7::text[], $8::text[], $9::text[],
    $10::timestamptz[]
) AS n(deadline_id, approached, missed_event, met_event, met_at, on_time, met_fact, corrects, next_stage, fire_at)
WHERE d.deadline_id = n.deadline_id;

-- name: add_history
-- Keep what was said.
INSERT INTO history (deadline_id, event_id, name, since, said_at, stage_at, late_by_seconds, cause)
SELECT * FROM unnest(
    $1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::integer[], $8::text[]
)
ON CONFLICT DO NOTHING;

-- name: wake_timers
-- Tell the timers, once the transaction commits, that one may fire earlier than they know.
SELECT pg_notify('dondoc_timers', current_schema());
