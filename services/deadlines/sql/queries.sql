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
SELECT d.deadline_id, d.task, d.directive, d.task_number, d.content, d.lead, d.coordinating, d.name, d.met_by, d.plan_stage, d.due,
    d.set_at, p.approached, p.missed_event, p.met_event, p.met_at, p.on_time, p.met_fact, p.corrects
FROM deadline AS d
JOIN progress AS p USING (deadline_id)
WHERE d.task = ANY($1::uuid[])
ORDER BY d.deadline_id;

-- name: read_lives_by_id
-- Read some deadlines.
SELECT d.deadline_id, d.task, d.directive, d.task_number, d.content, d.lead, d.coordinating, d.name, d.met_by, d.plan_stage, d.due,
    d.set_at, p.approached, p.missed_event, p.met_event, p.met_at, p.on_time, p.met_fact, p.corrects
FROM deadline AS d
JOIN progress AS p USING (deadline_id)
WHERE d.deadline_id = ANY($1::uuid[]);

-- name: read_due_lives
-- Read the deadlines of a partition whose timer has come, the oldest first, up to a number of them.
SELECT d.deadline_id, d.task, d.directive, d.task_number, d.content, d.lead, d.coordinating, d.name, d.met_by, d.plan_stage, d.due,
    d.set_at, p.approached, p.missed_event, p.met_event, p.met_at, p.on_time, p.met_fact, p.corrects
FROM deadline AS d
JOIN progress AS p USING (deadline_id)
WHERE p.partition = $1 AND p.fire_at <= $2
ORDER BY p.fire_at
LIMIT $3;

-- name: read_next_timers
-- Read when the next timer of each partition fires.
SELECT p.partition, t.fire_at
FROM partition AS p
CROSS JOIN LATERAL (
    SELECT d.fire_at FROM progress AS d
    WHERE d.partition = p.partition AND d.fire_at IS NOT NULL
    ORDER BY d.fire_at LIMIT 1
) AS t
ORDER BY t.fire_at;

-- name: add_deadlines
-- Keep the terms of deadlines; those that are there already stay as they are.
INSERT INTO deadline (
    deadline_id, task, directive, task_number, content, lead, coordinating, name, met_by, plan_stage, due, kind, recurrence, proof, set_at
)
SELECT d.deadline_id, d.task, d.directive, d.task_number, d.content, d.lead, d.coordinating::uuid[], d.name, d.met_by, d.plan_stage, d.due,
    d.kind, d.recurrence, d.proof, d.set_at
FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::timestamptz[], $12::text[], $13::text[], $14::jsonb[], $15::timestamptz[]
) AS d(
    deadline_id, task, directive, task_number, content, lead, coordinating, name, met_by, plan_stage, due, kind, recurrence, proof, set_at
)
ON CONFLICT (deadline_id) DO NOTHING;

-- name: put_progress
-- Keep what became of deadlines and their timers, and add to their history.
INSERT INTO progress AS p (
    deadline_id, partition, approached, missed_event, met_event, met_at, on_time, met_fact, corrects, next_stage, fire_at, history
)
SELECT n.deadline_id, $1, n.approached, n.missed_event, n.met_event, n.met_at, n.on_time, n.met_fact, n.corrects, n.next_stage, n.fire_at,
    n.history
FROM unnest(
    $2::uuid[], $3::integer[], $4::text[], $5::text[], $6::timestamptz[], $7::boolean[], $8::text[], $9::text[], $10::text[],
    $11::timestamptz[], $12::jsonb[]
) AS n(deadline_id, approached, missed_event, met_event, met_at, on_time, met_fact, corrects, next_stage, fire_at, history)
ON CONFLICT (deadline_id) DO UPDATE
SET approached = excluded.approached, missed_event = excluded.missed_event, met_event = excluded.met_event, met_at = excluded.met_at,
    on_time = excluded.on_time, met_fact = excluded.met_fact, corrects = excluded.corrects, next_stage = excluded.next_stage,
    fire_at = excluded.fire_at, history = p.history || excluded.history;

-- name: put_fired
-- Keep the stages that were fired, and add them to the history of their deadlines.
UPDATE progress AS p
SET approached = n.approached, missed_event = n.missed_event, next_stage = n.next_stage, fire_at = n.fire_at,
    history = p.history || n.history
FROM unnest($1::uuid[], $2::integer[], $3::text[], $4::text[], $5::timestamptz[], $6::jsonb[])
    AS n(deadline_id, approached, missed_event, next_stage, fire_at, history)
WHERE p.deadline_id = n.deadline_id;

-- name: wake_timers
-- Tell the timers, once the transaction commits, that one may fire earlier than they know.
SELECT pg_notify('dondoc_timers', current_schema());

-- name: read_unit_ids
-- Read the units that have a code.
SELECT unit_id FROM unit WHERE code = $1;

-- name: list_deadlines
-- List deadlines by due instant (none comes last), after a cursor; a filter that is null does not count, and a unit is lead or coordinates.
SELECT d.deadline_id, d.task, d.directive, d.task_number, d.content, d.lead, u.code AS lead_code, u.name AS lead_name, d.coordinating,
    d.name, d.met_by, d.plan_stage, d.kind, d.recurrence, d.due, d.proof ->> 'last_good_day' AS last_good_day, d.set_at, p.status,
    p.on_time, p.met_at, p.next_stage, p.fire_at
FROM deadline AS d
JOIN progress AS p USING (deadline_id)
LEFT JOIN unit AS u ON u.unit_id = d.lead
WHERE ($1::uuid[] IS NULL OR d.lead = ANY($1) OR d.coordinating && $1)
    AND ($2::uuid IS NULL OR d.task = $2)
    AND ($3::uuid IS NULL OR d.directive = $3)
    AND ($4::text IS NULL OR p.status = $4)
    AND ($5::timestamptz IS NULL OR d.due < $5)
    AND ($6::timestamptz IS NULL OR d.due >= $6)
    AND ($7::text IS NULL OR (coalesce(d.due, 'infinity'), d.deadline_id) > ($7::text::timestamptz, $8::uuid))
ORDER BY coalesce(d.due, 'infinity'), d.deadline_id
LIMIT $9;

-- name: read_deadline
-- Read one deadline with its proof and history.
SELECT d.deadline_id, d.task, d.directive, d.task_number, d.content, d.lead, u.code AS lead_code, u.name AS lead_name, d.coordinating,
    d.name, d.met_by, d.plan_stage, d.kind, d.recurrence, d.due, d.proof ->> 'last_good_day' AS last_good_day, d.set_at, p.status,
    p.on_time, p.met_at, p.next_stage, p.fire_at, d.proof, p.met_fact, p.corrects, p.history
FROM deadline AS d
JOIN progress AS p USING (deadline_id)
LEFT JOIN unit AS u ON u.unit_id = d.lead
WHERE d.deadline_id = $1;
