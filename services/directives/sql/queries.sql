-- name: load_conference_tasks
-- Read which tasks some conferences serve.
SELECT conference, array_agg(task) AS tasks FROM conference_task WHERE conference = ANY($1::uuid[]) GROUP BY conference;

-- name: load_task_states
-- Read the states of some tasks.
SELECT id, deliverable, clauses, plan_draft_at, plan_final_at, conference_scheduled_at, conference_held_at, report_at
FROM task
WHERE id = ANY($1::uuid[]);

-- name: write_units
-- Add units or bring them up to date.
INSERT INTO unit (id, code, name, short_name, parent, valid_from, registered_at, search)
SELECT u.id, u.code, u.name, u.short_name, u.parent, u.valid_from, u.registered_at, array_to_tsvector(string_to_array(u.words, ' '))
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::uuid[], $6::date[], $7::timestamptz[], $8::text[])
    AS u(id, code, name, short_name, parent, valid_from, registered_at, words)
ON CONFLICT (id) DO UPDATE SET
    code = excluded.code, name = excluded.name, short_name = excluded.short_name, parent = excluded.parent,
    valid_from = excluded.valid_from, registered_at = excluded.registered_at, search = excluded.search;

-- name: write_directives
-- Add directives or bring them up to date.
INSERT INTO directive (
    id, key, issuer, subject, document_type, number, symbol, issued_on, place, addressees, based_on, signer, urgency, file,
    received_at, registered_at, search
)
SELECT
    d.id, d.key, d.issuer, d.subject, d.document_type, d.number, d.symbol, d.issued_on, d.place, d.addressees::uuid[], d.based_on,
    d.signer, d.urgency, d.file, d.received_at, d.registered_at, array_to_tsvector(string_to_array(d.words, ' '))
FROM unnest(
    $1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::integer[], $7::text[], $8::date[], $9::text[], $10::text[],
    $11::jsonb[], $12::jsonb[], $13::text[], $14::jsonb[], $15::timestamptz[], $16::timestamptz[], $17::text[]
) AS d(
    id, key, issuer, subject, document_type, number, symbol, issued_on, place, addressees, based_on, signer, urgency, file,
    received_at, registered_at, words
)
ON CONFLICT (id) DO UPDATE SET
    key = excluded.key, issuer = excluded.issuer, subject = excluded.subject, document_type = excluded.document_type,
    number = excluded.number, symbol = excluded.symbol, issued_on = excluded.issued_on, place = excluded.place,
    addressees = excluded.addressees, based_on = excluded.based_on, signer = excluded.signer, urgency = excluded.urgency,
    file = excluded.file, received_at = excluded.received_at, registered_at = excluded.registered_at, search = excluded.search;

-- name: write_tasks
-- Add tasks with their states; their search words include their directive's. An id that another directive uses is passed over.
INSERT INTO task (
    id, directive, number, content, lead, coordinating, deliverable, clauses, assigned_at, registered_at, version, search,
    work, done_at, plan_draft_at, plan_final_at, conference_scheduled_at, conference_held_at, report_at
)
SELECT
    t.id, t.directive, t.number, t.content, t.lead, t.coordinating::uuid[], t.deliverable, t.clauses, t.assigned_at, t.registered_at,
    t.version, array_to_tsvector(string_to_array(t.words, ' ')) || d.search, t.work, t.done_at, t.plan_draft_at, t.plan_final_at,
    t.conference_scheduled_at, t.conference_held_at, t.report_at
FROM unnest(
    $1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::uuid[], $6::text[], $7::text[], $8::jsonb[], $9::timestamptz[],
    $10::timestamptz[], $11::bigint[], $12::text[], $13::text[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[],
    $17::timestamptz[], $18::timestamptz[], $19::timestamptz[]
) AS t(
    id, directive, number, content, lead, coordinating, deliverable, clauses, assigned_at, registered_at, version, words,
    work, done_at, plan_draft_at, plan_final_at, conference_scheduled_at, conference_held_at, report_at
)
JOIN directive AS d ON d.id = t.directive
ON CONFLICT (id) DO UPDATE SET
    number = excluded.number, content = excluded.content, lead = excluded.lead, coordinating = excluded.coordinating,
    deliverable = excluded.deliverable, clauses = excluded.clauses, assigned_at = excluded.assigned_at,
    registered_at = excluded.registered_at, version = excluded.version, search = excluded.search, work = excluded.work,
    done_at = excluded.done_at, plan_draft_at = excluded.plan_draft_at, plan_final_at = excluded.plan_final_at,
    conference_scheduled_at = excluded.conference_scheduled_at, conference_held_at = excluded.conference_held_at,
    report_at = excluded.report_at
WHERE task.directive = excluded.directive;

-- name: move_tasks
-- Bring the states of tasks up to date.
UPDATE task AS t SET
    work = s.work, done_at = s.done_at, plan_draft_at = s.plan_draft_at, plan_final_at = s.plan_final_at,
    conference_scheduled_at = s.conference_scheduled_at, conference_held_at = s.conference_held_at, report_at = s.report_at
FROM unnest(
    $1::uuid[], $2::text[], $3::timestamptz[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[],
    $8::timestamptz[]
) AS s(id, work, done_at, plan_draft_at, plan_final_at, conference_scheduled_at, conference_held_at, report_at)
WHERE t.id = s.id;

-- name: write_plans
-- Add plans or bring them up to date (a final plan may bear its draft's id); an id that another directive uses is passed over.
INSERT INTO plan (id, directive, task, submitted_by, stage, title, file, received_at, registered_at, version)
SELECT p.*
FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[], $8::timestamptz[], $9::timestamptz[],
    $10::bigint[]
) AS p
ON CONFLICT (id) DO UPDATE SET
    task = excluded.task, submitted_by = excluded.submitted_by, stage = excluded.stage, title = excluded.title,
    file = excluded.file, received_at = excluded.received_at, registered_at = excluded.registered_at, version = excluded.version
WHERE plan.directive = excluded.directive;

-- name: clear_plan_items
-- Take away the items of plans that are written anew.
DELETE FROM plan_item WHERE plan = ANY($1::uuid[]);

-- name: write_conferences
-- Add conferences or bring them up to date; an id that another directive uses is passed over.
INSERT INTO conference (
    id, directive, title, scheduled_by, starts_at, ends_at, place, chair, participants, received_at, registered_at, version
)
SELECT
    c.id, c.directive, c.title, c.scheduled_by, c.starts_at, c.ends_at, c.place, c.chair, c.participants::uuid[], c.received_at,
    c.registered_at, c.version
FROM unnest(
    $1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[], $9::text[],
    $10::timestamptz[], $11::timestamptz[], $12::bigint[]
) AS c(id, directive, title, scheduled_by, starts_at, ends_at, place, chair, participants, received_at, registered_at, version)
ON CONFLICT (id) DO UPDATE SET
    title = excluded.title, scheduled_by = excluded.scheduled_by, starts_at = excluded.starts_at, ends_at = excluded.ends_at,
    place = excluded.place, chair = excluded.chair, participants = excluded.participants, received_at = excluded.received_at,
    registered_at = excluded.registered_at, version = excluded.version
WHERE conference.directive = excluded.directive;

-- name: clear_conference_tasks
-- Take away the tasks of conferences that are written anew.
DELETE FROM conference_task WHERE conference = ANY($1::uuid[]);

-- name: hold_conferences
-- Say that conferences were held.
UPDATE conference AS c SET
    held_at = h.held_at, held_received_at = h.received_at, reported_by = h.reported_by, attendance = h.attendance, minutes = h.minutes
FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::uuid[], $5::integer[], $6::jsonb[])
    AS h(id, held_at, received_at, reported_by, attendance, minutes)
WHERE c.id = h.id;

-- name: write_reports
-- Add reports or bring them up to date; an id that another directive uses is passed over.
INSERT INTO report (id, directive, task, submitted_by, title, period, file, received_at, registered_at, version)
SELECT r.*
FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[], $8::timestamptz[], $9::timestamptz[],
    $10::bigint[]
) AS r
ON CONFLICT (id) DO UPDATE SET
    task = excluded.task, submitted_by = excluded.submitted_by, title = excluded.title, period = excluded.period,
    file = excluded.file, received_at = excluded.received_at, registered_at = excluded.registered_at, version = excluded.version
WHERE report.directive = excluded.directive;

-- name: load_deadlines
-- Read the moving parts of some deadlines.
SELECT id, soon_at, missed_at, met_at, is_on_time, met_fact FROM task_deadline WHERE id = ANY($1::uuid[]);

-- name: write_deadlines
-- Add deadlines or set them anew.
INSERT INTO task_deadline (
    id, task, directive, name, met_by, plan_stage, kind, due, recurrence, proof, soon_at, missed_at, met_at, is_on_time, met_fact
)
SELECT d.*
FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::text[], $10::jsonb[],
    $11::timestamptz[], $12::timestamptz[], $13::timestamptz[], $14::boolean[], $15::text[]
) AS d
ON CONFLICT (id) DO UPDATE SET
    task = excluded.task, directive = excluded.directive, name = excluded.name, met_by = excluded.met_by,
    plan_stage = excluded.plan_stage, kind = excluded.kind, due = excluded.due, recurrence = excluded.recurrence,
    proof = excluded.proof, soon_at = excluded.soon_at, missed_at = excluded.missed_at, met_at = excluded.met_at,
    is_on_time = excluded.is_on_time, met_fact = excluded.met_fact;

-- name: move_deadlines
-- Bring the moving parts of deadlines up to date.
UPDATE task_deadline AS d SET
    soon_at = m.soon_at, missed_at = m.missed_at, met_at = m.met_at, is_on_time = m.is_on_time, met_fact = m.met_fact
FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::timestamptz[], $5::boolean[], $6::text[])
    AS m(id, soon_at, missed_at, met_at, is_on_time, met_fact)
WHERE d.id = m.id;

-- name: tell_change
-- Wake the pages that show this read model, once the transaction commits.
SELECT pg_notify('dondoc_directives', $1::text);

-- name: list_tasks
-- List tasks by what counts first: open ones before done ones where asked for, then by the deadline that counts, without one last.
SELECT
    t.id, t.directive, t.number, t.content, t.lead, t.coordinating, t.deliverable, t.clauses, t.assigned_at,
    t.plan_draft_at, t.plan_final_at, t.conference_scheduled_at, t.conference_held_at, t.report_at,
    d.subject, d.number AS directive_number, d.symbol, d.issued_on
FROM task AS t
JOIN task_status($1) AS s ON s.task = t.id
JOIN directive AS d ON d.id = t.directive
WHERE ($2::uuid IS NULL OR t.directive = $2)
    AND ($3::text IS NULL OR t.lead = ANY(ARRAY(SELECT id FROM unit WHERE code = $3)))
    AND ($4::tsquery IS NULL OR t.search @@ $4 OR t.lead = ANY(ARRAY(SELECT id FROM unit WHERE search @@ $4)))
    AND ($5::text[] = '{}' OR t.work = ANY($5))
    AND ($6::text[] = '{}' OR s."time" = ANY($6))
    AND ($7::timestamptz IS NULL OR s.due >= $7)
    AND ($8::timestamptz IS NULL OR s.due < $8)
    AND (
        $12::uuid IS NULL
        OR ($9 AND t.work = 'done', coalesce(s.due, 'infinity'), t.id) > ($10::boolean, coalesce($11::timestamptz, 'infinity'), $12)
    )
ORDER BY $9 AND t.work = 'done', coalesce(s.due, 'infinity'), t.id
LIMIT $13;

-- name: count_tasks
-- Count tasks by their status on both axes.
SELECT t.work, s."time", count(*) AS tasks
FROM task AS t
JOIN task_status($1) AS s ON s.task = t.id
WHERE ($2::uuid IS NULL OR t.directive = $2)
    AND ($3::text IS NULL OR t.lead = ANY(ARRAY(SELECT id FROM unit WHERE code = $3)))
    AND ($4::tsquery IS NULL OR t.search @@ $4 OR t.lead = ANY(ARRAY(SELECT id FROM unit WHERE search @@ $4)))
GROUP BY t.work, s."time";

-- name: read_tasks
-- Read a directive's tasks, or one task.
SELECT
    t.id, t.directive, t.number, t.content, t.lead, t.coordinating, t.deliverable, t.clauses, t.assigned_at,
    t.plan_draft_at, t.plan_final_at, t.conference_scheduled_at, t.conference_held_at, t.report_at,
    d.subject, d.number AS directive_number, d.symbol, d.issued_on
FROM task AS t
JOIN directive AS d ON d.id = t.directive
WHERE ($1::uuid IS NULL OR t.directive = $1) AND ($2::uuid IS NULL OR t.id = $2)
ORDER BY t.version;

-- name: read_deadlines
-- Read the deadlines of some tasks.
SELECT id, task, name, met_by, plan_stage, kind, due, recurrence, proof, soon_at
FROM task_deadline
WHERE task = ANY($1::uuid[])
ORDER BY task, due NULLS LAST, name;

-- name: read_units
-- Read some units.
SELECT id, code, name, short_name FROM unit WHERE id = ANY($1::uuid[]);

-- name: list_lead_units
-- List the units that lead a task.
SELECT u.code, u.name FROM unit AS u WHERE u.id IN (SELECT lead FROM task) ORDER BY u.code;

-- name: read_facts
-- Read the facts of a directive, or of all directives, that were registered by an instant, in the order of their versions.
SELECT key, subject, received_at, value
FROM fact
WHERE ($1::uuid IS NULL OR key = $1) AND registered_at <= $2
ORDER BY key, version;

-- name: find_directive_of
-- Find the directive of a task.
SELECT directive FROM task WHERE id = $1;

-- name: read_deadline_events
-- Read what had been said of the deadlines of some directives by an instant, in order.
SELECT value
FROM deadline_event
WHERE directive = ANY($1::uuid[]) AND said_at <= $2
ORDER BY directive, "position", said_at;

-- name: read_unit_facts
-- Read what some units were called at an instant.
SELECT DISTINCT ON (key) key, value FROM fact WHERE key = ANY($1::uuid[]) AND registered_at <= $2 ORDER BY key, version DESC;

-- name: list_directives
-- List directives, those registered last first.
SELECT
    d.id, d.key, d.issuer, d.subject, d.document_type, d.number, d.symbol, d.issued_on, d.urgency, d.received_at, d.registered_at,
    (SELECT count(*) FROM task AS t WHERE t.directive = d.id) AS tasks
FROM directive AS d
WHERE ($1::text IS NULL OR d.issuer = ANY(ARRAY(SELECT id FROM unit WHERE code = $1)))
    AND ($2::tsquery IS NULL OR d.search @@ $2)
    AND ($3::date IS NULL OR d.issued_on >= $3)
    AND ($4::date IS NULL OR d.issued_on <= $4)
    AND ($6::uuid IS NULL OR (d.registered_at, d.id) < ($5::timestamptz, $6))
ORDER BY d.registered_at DESC, d.id DESC
LIMIT $7;

-- name: read_directive
-- Read a directive.
SELECT
    d.id, d.key, d.issuer, d.subject, d.document_type, d.number, d.symbol, d.issued_on, d.place, d.addressees, d.based_on, d.signer,
    d.urgency, d.file, d.received_at, d.registered_at,
    (SELECT count(*) FROM task AS t WHERE t.directive = d.id) AS tasks
FROM directive AS d
WHERE d.id = $1;

-- name: read_timeline
-- Read a directive's timeline, facts and deadline events by the instant at which they entered it; the previous hash is the hash of
-- the version before.
SELECT at, kind, number, id, cause, hash, previous_hash, received_at, value
FROM (
    SELECT
        f.registered_at AS at, 0 AS kind, f.version AS number, '' AS id, f.cause, f.hash, p.hash AS previous_hash, f.received_at, f.value
    FROM fact AS f
    LEFT JOIN fact AS p ON p.key = f.key AND p.version = f.version - 1
    WHERE f.key = $1
    UNION ALL
    SELECT e.said_at, 1, e."position", e.id, e.cause, NULL, NULL, NULL, e.value
    FROM deadline_event AS e
    WHERE e.directive = $1
) AS entry
WHERE $2::timestamptz IS NULL OR (at, kind, number, id) > ($2, $3::integer, $4::bigint, $5::text)
ORDER BY at, kind, number, id
LIMIT $6;

-- name: read_plan
-- Read a plan.
SELECT id, directive, task, submitted_by, stage, title, file, received_at, registered_at, version FROM plan WHERE id = $1;

-- name: read_plan_items
-- Read the items of a plan in their order.
SELECT area, criterion, component, shortcoming, cause, solution, "time", responsible_head
FROM plan_item
WHERE plan = $1
ORDER BY ordinal;

-- name: list_task_papers
-- List the plans, reports and conferences of a task.
SELECT 'plan' AS kind, id, title, stage, received_at FROM plan WHERE task = $1
UNION ALL
SELECT 'report', id, title, NULL, received_at FROM report WHERE task = $1
UNION ALL
SELECT 'conference', c.id, c.title, NULL, c.received_at
FROM conference AS c
JOIN conference_task AS x ON x.conference = c.id
WHERE x.task = $1
ORDER BY 5, 2;

-- name: list_conferences
-- List conferences by their beginning.
SELECT
    c.id, c.directive, c.title, c.scheduled_by, c.starts_at, c.ends_at, c.place, c.chair, c.participants, c.received_at, c.held_at,
    c.attendance, ARRAY(SELECT x.task FROM conference_task AS x WHERE x.conference = c.id ORDER BY x.task) AS tasks
FROM conference AS c
WHERE ($1::timestamptz IS NULL OR c.starts_at >= $1)
    AND ($2::timestamptz IS NULL OR c.starts_at < $2)
    AND (
        $3::text IS NULL
        OR (c.participants || c.scheduled_by) && ARRAY(SELECT id FROM unit WHERE code = $3)
        OR EXISTS (
            SELECT FROM conference_task AS x
            JOIN task AS t ON t.id = x.task
            JOIN unit AS u ON u.id = t.lead
            WHERE x.conference = c.id AND u.code = $3
        )
    )
    AND ($5::uuid IS NULL OR (c.starts_at, c.id) > ($4::timestamptz, $5))
ORDER BY c.starts_at, c.id
LIMIT $6;

-- name: read_unit
-- Read the unit that bears a code; of several the one registered last.
SELECT id, code, name, short_name, parent, valid_from, registered_at FROM unit WHERE code = $1 ORDER BY registered_at DESC, id LIMIT 1;

-- name: read_turns
-- Count how often anything was written to the read model.
SELECT coalesce(sum(turn), 0)::bigint FROM partition;
