-- name: load_directives
-- Read some directives as they stand.
SELECT
    id, key, issuer, subject, document_type, number, symbol, issued_on, place, addressees, based_on, signer, urgency, file, received_at,
    registered_at, version, standing, changed_at, ended_at, end_reason, replaced_by
FROM directive
WHERE id = ANY($1::uuid[]);

-- name: load_tasks
-- Read the states of some tasks, and of all tasks of some directives.
SELECT id, directive, number, content, state::text
FROM task
WHERE id = ANY($1::uuid[]) OR directive = ANY($2::uuid[])
ORDER BY directive, version;

-- name: load_plans
-- Read some plans without their items.
SELECT id, task, submitted_by, stage, title, file, received_at, registered_at, version, standing, judged_at, remarks, faults
FROM plan
WHERE id = ANY($1::uuid[]);

-- name: load_conferences
-- Read some conferences with the tasks that they serve.
SELECT
    c.id, c.title, c.scheduled_by, c.starts_at, c.ends_at, c.place, c.chair, c.participants, c.received_at, c.registered_at, c.version,
    c.first_starts_at, c.standing, c.reschedulings, c.changed_at, c.reason, c.held_at, c.held_received_at, c.reported_by, c.attendance,
    c.minutes, ARRAY(SELECT x.task FROM conference_task AS x WHERE x.conference = c.id ORDER BY x.task) AS tasks
FROM conference AS c
WHERE c.id = ANY($1::uuid[]);

-- name: load_extensions
-- Read some requests for more time.
SELECT
    id, task, name, requested_by, requested_day, reasons, received_at, registered_at, version, standing, decided_at, last_good_day, remarks
FROM extension
WHERE id = ANY($1::uuid[]);

-- name: load_facts
-- Read the whole histories of some keys, in order.
SELECT key, version, subject, received_at, registered_at, value FROM fact WHERE key = ANY($1::uuid[]) ORDER BY key, version;

-- name: void_facts
-- Mark versions of keys as taken out of count by later versions.
UPDATE fact AS f SET voided_by = v.voided_by
FROM unnest($1::uuid[], $2::bigint[], $3::bigint[]) AS v(key, version, voided_by)
WHERE f.key = v.key AND f.version = v.version;

-- name: clear_plan_items_of
-- Take away the items of all plans of some directives, which are counted anew.
DELETE FROM plan_item WHERE plan IN (SELECT id FROM plan WHERE directive = ANY($1::uuid[]));

-- name: clear_conference_tasks_of
-- Take away the tasks of all conferences of some directives, which are counted anew.
DELETE FROM conference_task WHERE conference IN (SELECT id FROM conference WHERE directive = ANY($1::uuid[]));

-- name: clear_plans_of
-- Take away all plans of some directives, which are counted anew.
DELETE FROM plan WHERE directive = ANY($1::uuid[]);

-- name: clear_conferences_of
-- Take away all conferences of some directives, which are counted anew.
DELETE FROM conference WHERE directive = ANY($1::uuid[]);

-- name: clear_reports_of
-- Take away all reports of some directives, which are counted anew.
DELETE FROM report WHERE directive = ANY($1::uuid[]);

-- name: clear_extensions_of
-- Take away all requests for more time of some directives, which are counted anew.
DELETE FROM extension WHERE directive = ANY($1::uuid[]);

-- name: clear_tasks_of
-- Take away all tasks of some directives, which are counted anew.
DELETE FROM task WHERE directive = ANY($1::uuid[]);

-- name: clear_directives
-- Take away some directives, which are counted anew.
DELETE FROM directive WHERE id = ANY($1::uuid[]);

-- name: clear_index_scores
-- Take away the scores of some indexes, which are written anew.
DELETE FROM index_score WHERE published_index = ANY($1::uuid[]);

-- name: clear_indexes
-- Take away some indexes, which are counted anew.
DELETE FROM published_index WHERE id = ANY($1::uuid[]);

-- name: write_units
-- Add units.
INSERT INTO unit (id, code, parent, valid_from, registered_at, search)
SELECT u.id, u.code, u.parent, u.valid_from, u.registered_at, array_to_tsvector(string_to_array(u.words, ' '))
FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::date[], $5::timestamptz[], $6::text[])
    AS u(id, code, parent, valid_from, registered_at, words);

-- name: reword_units
-- Let units be found by the words of another name too.
UPDATE unit AS u SET search = u.search || array_to_tsvector(string_to_array(w.words, ' '))
FROM unnest($1::uuid[], $2::text[]) AS w(id, words)
WHERE u.id = w.id;

-- name: write_directives
-- Add directives as they were issued.
INSERT INTO directive (
    id, key, issuer, subject, document_type, number, symbol, issued_on, place, addressees, based_on, bases, signer, urgency, file,
    received_at, registered_at, version, standing, search
)
SELECT
    d.id, d.key, d.issuer, d.subject, d.document_type, d.number, d.symbol, d.issued_on, d.place, d.addressees::uuid[], d.based_on,
    d.bases::uuid[], d.signer, d.urgency, d.file, d.received_at, d.registered_at, d.version, 'in_force',
    array_to_tsvector(string_to_array(d.words, ' '))
FROM unnest(
    $1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::text[], $6::integer[], $7::text[], $8::date[], $9::text[], $10::text[],
    $11::jsonb[], $12::text[], $13::jsonb[], $14::text[], $15::jsonb[], $16::timestamptz[], $17::timestamptz[], $18::bigint[],
    $19::text[]
) AS d(
    id, key, issuer, subject, document_type, number, symbol, issued_on, place, addressees, based_on, bases, signer, urgency, file,
    received_at, registered_at, version, words
)
ON CONFLICT (id) DO NOTHING;

-- name: change_directives
-- Bring directives up to date that were amended, corrected, replaced or recalled.
UPDATE directive AS d SET
    subject = c.subject, number = c.number, symbol = c.symbol, issued_on = c.issued_on, place = c.place,
    addressees = c.addressees::uuid[], signer = c.signer, standing = c.standing, changed_at = c.changed_at, ended_at = c.ended_at,
    end_reason = c.end_reason, replaced_by = c.replaced_by, search = array_to_tsvector(string_to_array(c.words, ' '))
FROM unnest(
    $1::uuid[], $2::text[], $3::integer[], $4::text[], $5::date[], $6::text[], $7::text[], $8::jsonb[], $9::text[], $10::timestamptz[],
    $11::timestamptz[], $12::text[], $13::uuid[], $14::text[]
) AS c(
    id, subject, number, symbol, issued_on, place, addressees, signer, standing, changed_at, ended_at, end_reason, replaced_by, words
)
WHERE d.id = c.id;

-- name: write_tasks
-- Add tasks with their states; their search words include their directive's. An id that another directive uses is passed over.
INSERT INTO task (
    id, directive, number, content, deliverable, assigned_at, registered_at, version, search, lead, coordinating, state, work, done_at,
    settled_at, still_since, plan_draft_at, plan_final_at, conference_scheduled_at, conference_held_at, report_at, completed_at
)
SELECT
    t.id, t.directive, t.number, t.content, t.deliverable, t.assigned_at, t.registered_at, t.version,
    array_to_tsvector(string_to_array(t.words, ' ')) || d.search, t.lead, t.coordinating::uuid[], t.state, t.work,
    CASE WHEN t.work = 'done' THEN t.settled_at END, t.settled_at, t.still_since, t.plan_draft_at, t.plan_final_at,
    t.conference_scheduled_at, t.conference_held_at, t.report_at, t.completed_at
FROM unnest(
    $1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::timestamptz[], $7::timestamptz[], $8::bigint[], $9::text[],
    $10::uuid[], $11::text[], $12::json[], $13::text[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[], $17::timestamptz[],
    $18::timestamptz[], $19::timestamptz[], $20::timestamptz[], $21::timestamptz[]
) AS t(
    id, directive, number, content, deliverable, assigned_at, registered_at, version, words, lead, coordinating, state, work, settled_at,
    still_since, plan_draft_at, plan_final_at, conference_scheduled_at, conference_held_at, report_at, completed_at
)
JOIN directive AS d ON d.id = t.directive
ON CONFLICT (id) DO NOTHING;

-- name: move_tasks
-- Bring the states of tasks up to date.
UPDATE task AS t SET
    state = s.state, work = s.work, done_at = CASE WHEN s.work = 'done' THEN s.settled_at END, settled_at = s.settled_at,
    still_since = s.still_since, plan_draft_at = s.plan_draft_at, plan_final_at = s.plan_final_at,
    conference_scheduled_at = s.conference_scheduled_at, conference_held_at = s.conference_held_at, report_at = s.report_at,
    completed_at = s.completed_at
FROM unnest(
    $1::uuid[], $2::json[], $3::text[], $4::timestamptz[], $5::timestamptz[], $6::timestamptz[], $7::timestamptz[], $8::timestamptz[],
    $9::timestamptz[], $10::timestamptz[], $11::timestamptz[]
) AS s(
    id, state, work, settled_at, still_since, plan_draft_at, plan_final_at, conference_scheduled_at, conference_held_at, report_at,
    completed_at
)
WHERE t.id = s.id;

-- name: reassign_tasks
-- Say who answers for tasks from now on.
UPDATE task AS t SET lead = s.lead, coordinating = s.coordinating::uuid[]
FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS s(id, lead, coordinating)
WHERE t.id = s.id;

-- name: reword_tasks
-- Let tasks be found by the words that their directive has now.
UPDATE task AS t SET search = array_to_tsvector(string_to_array(w.words, ' ')) || d.search
FROM unnest($1::uuid[], $2::text[]) AS w(id, words), directive AS d
WHERE t.id = w.id AND d.id = t.directive;

-- name: write_plans
-- Add plans or bring them up to date (a final plan may bear its draft's id); an id that another directive uses is passed over.
INSERT INTO plan (id, directive, task, submitted_by, stage, title, file, received_at, registered_at, version, standing, faults)
SELECT p.*, 'submitted', '[]'
FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::uuid[], $5::text[], $6::text[], $7::jsonb[], $8::timestamptz[], $9::timestamptz[],
    $10::bigint[]
) AS p
ON CONFLICT (id) DO UPDATE SET
    task = excluded.task, submitted_by = excluded.submitted_by, stage = excluded.stage, title = excluded.title,
    file = excluded.file, received_at = excluded.received_at, registered_at = excluded.registered_at, version = excluded.version,
    standing = excluded.standing, judged_at = excluded.judged_at, remarks = excluded.remarks, faults = excluded.faults
WHERE plan.directive = excluded.directive;

-- name: judge_plans
-- Say what the issuer said to plans.
UPDATE plan AS p SET standing = j.standing, judged_at = j.judged_at, remarks = j.remarks, faults = j.faults
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[], $4::text[], $5::jsonb[]) AS j(id, standing, judged_at, remarks, faults)
WHERE p.id = j.id;

-- name: clear_plan_items
-- Take away the items of plans that are written anew.
DELETE FROM plan_item WHERE plan = ANY($1::uuid[]);

-- name: write_conferences
-- Add conferences as they were scheduled at first.
INSERT INTO conference (
    id, directive, title, scheduled_by, starts_at, ends_at, place, chair, participants, received_at, registered_at, version,
    first_starts_at, standing, reschedulings
)
SELECT
    c.id, c.directive, c.title, c.scheduled_by, c.first_starts_at, c.ends_at, c.place, c.chair, c.participants::uuid[], c.received_at,
    c.registered_at, c.version, c.first_starts_at, 'scheduled', 0
FROM unnest(
    $1::uuid[], $2::uuid[], $3::text[], $4::uuid[], $5::timestamptz[], $6::timestamptz[], $7::text[], $8::text[], $9::text[],
    $10::timestamptz[], $11::timestamptz[], $12::bigint[]
) AS c(
    id, directive, title, scheduled_by, first_starts_at, ends_at, place, chair, participants, received_at, registered_at, version
)
ON CONFLICT (id) DO NOTHING;

-- name: move_conferences
-- Bring conferences up to date that were rescheduled, cancelled or held.
UPDATE conference AS c SET
    starts_at = m.starts_at, ends_at = m.ends_at, place = m.place, standing = m.standing, reschedulings = m.reschedulings,
    changed_at = m.changed_at, reason = m.reason, held_at = m.held_at, held_received_at = m.held_received_at,
    reported_by = m.reported_by, attendance = m.attendance, minutes = m.minutes
FROM unnest(
    $1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::text[], $5::text[], $6::integer[], $7::timestamptz[], $8::text[],
    $9::timestamptz[], $10::timestamptz[], $11::uuid[], $12::integer[], $13::jsonb[]
) AS m(
    id, starts_at, ends_at, place, standing, reschedulings, changed_at, reason, held_at, held_received_at, reported_by, attendance, minutes
)
WHERE c.id = m.id;

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

-- name: write_extensions
-- Add requests for more time or bring them up to date; an id that another directive uses is passed over.
INSERT INTO extension (
    id, directive, task, name, requested_by, requested_day, reasons, received_at, registered_at, version, standing, decided_at,
    last_good_day, remarks
)
SELECT e.*
FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::uuid[], $6::date[], $7::text[], $8::timestamptz[], $9::timestamptz[],
    $10::bigint[], $11::text[], $12::timestamptz[], $13::date[], $14::text[]
) AS e
ON CONFLICT (id) DO UPDATE SET
    task = excluded.task, name = excluded.name, requested_by = excluded.requested_by, requested_day = excluded.requested_day,
    reasons = excluded.reasons, received_at = excluded.received_at, registered_at = excluded.registered_at, version = excluded.version,
    standing = excluded.standing, decided_at = excluded.decided_at, last_good_day = excluded.last_good_day, remarks = excluded.remarks
WHERE extension.directive = excluded.directive;

-- name: write_indexes
-- Add indexes or bring them up to date.
INSERT INTO published_index (id, key, published_by, title, year, criteria_set, document, received_at, registered_at, version)
SELECT i.*
FROM unnest(
    $1::uuid[], $2::text[], $3::uuid[], $4::text[], $5::integer[], $6::text[], $7::jsonb[], $8::timestamptz[], $9::timestamptz[],
    $10::bigint[]
) AS i
ON CONFLICT (id) DO UPDATE SET
    key = excluded.key, published_by = excluded.published_by, title = excluded.title, year = excluded.year,
    criteria_set = excluded.criteria_set, document = excluded.document, received_at = excluded.received_at,
    registered_at = excluded.registered_at, version = excluded.version;

-- name: load_deadlines
-- Read some deadlines.
SELECT
    id, task, directive, name, met_by, plan_stage, kind, due, original_due, recurrence, proof, changes, changed_by, soon_at, missed_at,
    met_at, is_on_time, met_fact, risk, withdrawn_by, series, occurrence, period
FROM task_deadline
WHERE id = ANY($1::uuid[]);

-- name: write_deadlines
-- Add deadlines or bring them up to date.
INSERT INTO task_deadline (
    id, task, directive, name, met_by, plan_stage, kind, due, original_due, recurrence, proof, changes, changed_by, soon_at, missed_at,
    met_at, is_on_time, met_fact, risk, withdrawn_by, series, occurrence, period
)
SELECT d.*
FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::text[], $7::text[], $8::timestamptz[], $9::timestamptz[],
    $10::text[], $11::jsonb[], $12::integer[], $13::text[], $14::timestamptz[], $15::timestamptz[], $16::timestamptz[], $17::boolean[],
    $18::text[], $19::text[], $20::text[], $21::uuid[], $22::integer[], $23::text[]
) AS d
ON CONFLICT (id) DO UPDATE SET
    task = excluded.task, directive = excluded.directive, name = excluded.name, met_by = excluded.met_by,
    plan_stage = excluded.plan_stage, kind = excluded.kind, due = excluded.due, original_due = excluded.original_due,
    recurrence = excluded.recurrence, proof = excluded.proof, changes = excluded.changes, changed_by = excluded.changed_by,
    soon_at = excluded.soon_at, missed_at = excluded.missed_at, met_at = excluded.met_at, is_on_time = excluded.is_on_time,
    met_fact = excluded.met_fact, risk = excluded.risk, withdrawn_by = excluded.withdrawn_by, series = excluded.series,
    occurrence = excluded.occurrence, period = excluded.period;

-- name: tell_change
-- Wake the pages that show this read model, once the transaction commits.
SELECT pg_notify('dondoc_directives', $1::text);

-- name: list_tasks
-- List tasks by what counts first: open ones before done ones where asked for, then by the deadline that counts, without one last.
SELECT
    t.id, t.directive, t.number, t.content, t.assigned_at, t.state::text, d.subject, d.number AS directive_number, d.symbol, d.issued_on
FROM task AS t
JOIN task_status($1) AS s ON s.task = t.id
JOIN directive AS d ON d.id = t.directive
WHERE ($2::uuid IS NULL OR t.directive = $2)
    AND ($3::text IS NULL OR t.lead = ANY(ARRAY(SELECT id FROM unit WHERE code = $3)))
    AND ($4::tsquery IS NULL OR t.search @@ $4 OR t.lead = ANY(ARRAY(SELECT id FROM unit WHERE search @@ $4)))
    AND ($14::uuid IS NULL OR t.id IN (SELECT i.task FROM task_in_sight($14, $15::boolean) AS i))
    AND ($5::text[] = '{}' OR t.work = ANY($5))
    AND ($6::text[] = '{}' OR s."time" = ANY($6))
    AND ($7::timestamptz IS NULL OR s.due >= $7)
    AND ($8::timestamptz IS NULL OR s.due < $8)
    AND (
        $12::uuid IS NULL
        OR ($9 AND t.work IN ('done', 'cancelled'), coalesce(s.due, 'infinity'), t.id)
            > ($10::boolean, coalesce($11::timestamptz, 'infinity'), $12)
    )
ORDER BY $9 AND t.work IN ('done', 'cancelled'), coalesce(s.due, 'infinity'), t.id
LIMIT $13;

-- name: count_tasks
-- Count tasks by their status on both axes.
SELECT t.work, s."time", count(*) AS tasks
FROM task AS t
JOIN task_status($1) AS s ON s.task = t.id
WHERE ($2::uuid IS NULL OR t.directive = $2)
    AND ($3::text IS NULL OR t.lead = ANY(ARRAY(SELECT id FROM unit WHERE code = $3)))
    AND ($4::tsquery IS NULL OR t.search @@ $4 OR t.lead = ANY(ARRAY(SELECT id FROM unit WHERE search @@ $4)))
    AND ($5::uuid IS NULL OR t.id IN (SELECT i.task FROM task_in_sight($5, $6::boolean) AS i))
    AND ($7::timestamptz IS NULL OR s.due >= $7)
    AND ($8::timestamptz IS NULL OR s.due < $8)
GROUP BY t.work, s."time";

-- name: read_tasks
-- Read a directive's tasks, or one task.
SELECT
    t.id, t.directive, t.number, t.content, t.assigned_at, t.state::text, d.subject, d.number AS directive_number, d.symbol, d.issued_on
FROM task AS t
JOIN directive AS d ON d.id = t.directive
WHERE ($1::uuid IS NULL OR t.directive = $1) AND ($2::uuid IS NULL OR t.id = $2)
    AND ($3::uuid IS NULL OR t.id IN (SELECT i.task FROM task_in_sight($3, $4::boolean) AS i))
ORDER BY t.version;

-- name: read_deadlines
-- Read the deadlines of some tasks.
SELECT
    id, task, directive, name, met_by, plan_stage, kind, due, original_due, recurrence, proof, changes, changed_by, soon_at, missed_at,
    met_at, is_on_time, met_fact, risk, withdrawn_by, series, occurrence, period
FROM task_deadline
WHERE task = ANY($1::uuid[])
ORDER BY task, due NULLS LAST, name, id;

-- name: read_units
-- Read what some units are called on a day.
SELECT u.id, u.code, u.name, u.short_name FROM unit_called($2::date) AS u WHERE u.id = ANY($1::uuid[]);

-- name: list_lead_units
-- List the units that lead a task, by their names on a day.
SELECT u.code, u.name FROM unit_called($1::date) AS u WHERE u.id IN (
    SELECT t.lead FROM task AS t WHERE $2::uuid IS NULL OR t.id IN (SELECT i.task FROM task_in_sight($2, $3::boolean) AS i)
) ORDER BY u.code, u.id;

-- name: read_facts
-- Read the facts of a directive, or of all directives, that were registered by an instant, in the order of their versions.
SELECT key, version, subject, received_at, registered_at, value
FROM fact
WHERE ($1::uuid IS NULL OR key = $1) AND registered_at <= $2
    AND ($3::uuid IS NULL OR key IN (SELECT i.directive FROM directive_in_sight($3, $4::boolean) AS i))
ORDER BY key, version;

-- name: list_tasks_in_sight
-- List the tasks that a unit sees, of all directives or of one.
SELECT task FROM task_in_sight($1::uuid, $2::boolean) WHERE $3::uuid IS NULL OR directive = $3;

-- name: list_seen
-- List those of some tasks, or directives, that are in sight.
SELECT t.id FROM task AS t
WHERE t.id = ANY($1::uuid[]) AND ($2::uuid IS NULL OR t.id IN (SELECT i.task FROM task_in_sight($2, $3::boolean) AS i))
UNION ALL
SELECT d.id FROM directive AS d
WHERE d.id = ANY($1::uuid[]) AND ($2::uuid IS NULL OR d.id IN (SELECT i.directive FROM directive_in_sight($2, $3::boolean) AS i));

-- name: sees_directive
-- Tell whether a unit sees a directive.
SELECT EXISTS (SELECT FROM directive_in_sight($2::uuid, $3::boolean) AS i WHERE i.directive = $1);

-- name: find_directive_of
-- Find the directive of a task, also of one that was voided since.
SELECT directive FROM task WHERE id = $1
UNION ALL
SELECT key FROM fact WHERE subject = $1 AND key <> $1 AND voided_by IS NOT NULL
LIMIT 1;

-- name: read_deadline_events
-- Read what had been said of the deadlines of some directives by an instant, in order.
SELECT value
FROM deadline_event
WHERE directive = ANY($1::uuid[]) AND said_at <= $2
ORDER BY directive, "position", said_at;

-- name: read_unit_facts
-- Read the facts of some units that were registered by an instant, in order.
SELECT key, version, value FROM fact WHERE key = ANY($1::uuid[]) AND registered_at <= $2 ORDER BY key, version;

-- name: sees_file
-- Tell whether a directive, plan, report or minutes in sight name a file.
SELECT EXISTS (
    SELECT FROM directive AS d
    WHERE d.file ->> 'sha256' = $1 AND ($2::uuid IS NULL OR d.id IN (SELECT i.directive FROM directive_in_sight($2, $3::boolean) AS i))
    UNION ALL
    SELECT FROM plan AS p
    WHERE p.file ->> 'sha256' = $1
        AND ($2::uuid IS NULL OR p.submitted_by = $2 OR p.task IN (SELECT i.task FROM task_in_sight($2, $3::boolean) AS i))
    UNION ALL
    SELECT FROM report AS r
    WHERE r.file ->> 'sha256' = $1
        AND ($2::uuid IS NULL OR r.submitted_by = $2 OR r.task IN (SELECT i.task FROM task_in_sight($2, $3::boolean) AS i))
    UNION ALL
    SELECT FROM conference AS c
    WHERE c.minutes ->> 'sha256' = $1
        AND ($2::uuid IS NULL OR c.id IN (SELECT i.conference FROM conference_in_sight($2, $3::boolean) AS i))
);

-- name: list_directives
-- List directives, those registered last first.
SELECT
    d.id, d.key, d.issuer, d.subject, d.document_type, d.number, d.symbol, d.issued_on, d.urgency, d.received_at, d.registered_at,
    d.standing, (
        SELECT count(*) FROM task AS t
        WHERE t.directive = d.id AND ($9::uuid IS NULL OR t.id IN (SELECT i.task FROM task_in_sight($9, $10::boolean) AS i))
    ) AS tasks
FROM directive AS d
WHERE ($1::text IS NULL OR d.issuer = ANY(ARRAY(SELECT id FROM unit WHERE code = $1)))
    AND ($2::tsquery IS NULL OR d.search @@ $2)
    AND ($3::date IS NULL OR d.issued_on >= $3)
    AND ($4::date IS NULL OR d.issued_on <= $4)
    AND ($9::uuid IS NULL OR d.id IN (SELECT i.directive FROM directive_in_sight($9, $10::boolean) AS i))
    AND ($8::text[] = '{}' OR d.standing = ANY($8))
    AND ($6::uuid IS NULL OR (d.registered_at, d.id) < ($5::timestamptz, $6))
ORDER BY d.registered_at DESC, d.id DESC
LIMIT $7;

-- name: list_links
-- List the directives in sight that carry out a directive, and those that it replaced.
SELECT l.kind, d.id, d.number, d.symbol, d.subject, d.issued_on
FROM (
    SELECT 'carried_out_by' AS kind, id FROM directive WHERE bases <> '{}' AND bases @> ARRAY[$1::uuid]
    UNION ALL
    SELECT 'replaces', id FROM directive WHERE replaced_by = $1
) AS l
JOIN directive AS d ON d.id = l.id
WHERE $2::uuid IS NULL OR d.id IN (SELECT i.directive FROM directive_in_sight($2, $3::boolean) AS i)
ORDER BY 1, 6 NULLS LAST, 2;

-- name: list_once_linked
-- List the directives that may ever have been linked to a directive: those that are, and those of which a fact was voided since.
SELECT id FROM directive WHERE bases <> '{}' AND bases @> ARRAY[$1::uuid]
UNION
SELECT id FROM directive WHERE replaced_by = $1
UNION
SELECT key FROM fact
WHERE voided_by IS NOT NULL AND type IN ('vn.dondoc.directive-issued.v1', 'vn.dondoc.directive-replaced.v1');

-- name: read_changes
-- Read the facts of some types that a key has, with those that count no more left out as of an instant, in order.
SELECT f.version, f.subject, f.received_at, f.value
FROM fact AS f
LEFT JOIN fact AS v ON v.key = f.key AND v.version = f.voided_by
WHERE f.key = $1 AND f.type = ANY($2::text[]) AND f.registered_at <= $3 AND (v.version IS NULL OR v.registered_at > $3)
ORDER BY f.version;

-- name: read_timeline
-- Read a directive's timeline, facts and deadline events by the instant at which they entered it; the previous hash is the hash of
-- the version before, and `voiding` the fact that took this one out of count. A unit reads what is about the directive itself or in its
-- sight.
SELECT at, kind, number, id, cause, hash, previous_hash, received_at, value, voiding
FROM (
    SELECT
        f.registered_at AS at, 0 AS kind, f.version AS number, '' AS id, f.cause, f.hash, p.hash AS previous_hash, f.received_at, f.value,
        v.value AS voiding
    FROM fact AS f
    LEFT JOIN fact AS p ON p.key = f.key AND p.version = f.version - 1
    LEFT JOIN fact AS v ON v.key = f.key AND v.version = f.voided_by
    WHERE f.key = $1 AND (
        $7::uuid IS NULL
        OR (f.subject = f.key AND f.type <> 'vn.dondoc.fact-voided.v1')
        OR f.subject IN (SELECT i.subject FROM subject_in_sight($7, $8::boolean) AS i)
    )
    UNION ALL
    SELECT e.said_at, 1, e."position", e.id, e.cause, NULL, NULL, NULL, e.value, NULL
    FROM deadline_event AS e
    WHERE e.directive = $1 AND ($7::uuid IS NULL OR e.task IN (SELECT i.task FROM task_in_sight($7, $8::boolean) AS i))
) AS entry
WHERE ($2::timestamptz IS NULL OR (at, kind, number, id) > ($2, $3::integer, $4::bigint, $5::text))
    AND ($7::uuid IS NULL OR $1 IN (SELECT i.directive FROM directive_in_sight($7, $8::boolean) AS i))
ORDER BY at, kind, number, id
LIMIT $6;

-- name: read_plan
-- Read a plan.
SELECT
    id, directive, task, submitted_by, stage, title, file, received_at, registered_at, version, standing, judged_at, remarks, faults
FROM plan
WHERE id = $1
    AND ($2::uuid IS NULL OR submitted_by = $2 OR task IN (SELECT i.task FROM task_in_sight($2, $3::boolean) AS i));

-- name: read_plan_items
-- Read the items of a plan in their order.
SELECT area, criterion, component, shortcoming, cause, solution, "time", responsible_head
FROM plan_item
WHERE plan = $1
ORDER BY ordinal;

-- name: list_task_papers
-- List the plans, reports and conferences of a task.
SELECT 'plan' AS kind, id, title, stage, standing, received_at FROM plan WHERE task = $1
UNION ALL
SELECT 'report', id, title, NULL, NULL, received_at FROM report WHERE task = $1
UNION ALL
SELECT 'conference', c.id, c.title, NULL, c.standing, c.received_at
FROM conference AS c
JOIN conference_task AS x ON x.conference = c.id
WHERE x.task = $1
ORDER BY 6, 2;

-- name: list_task_extensions
-- List the requests for more time of a task, oldest first.
SELECT
    id, task, name, requested_by, requested_day, reasons, received_at, registered_at, version, standing, decided_at, last_good_day, remarks
FROM extension
WHERE task = $1
ORDER BY version;

-- name: list_indexes
-- List indexes, those registered last first.
SELECT i.id, i.key, i.published_by, i.title, i.year, i.criteria_set, i.document, i.received_at, i.registered_at, i.version
FROM published_index AS i
WHERE ($1::integer IS NULL OR i.year = $1)
    AND (
        $2::text IS NULL
        OR i.published_by = ANY(ARRAY(SELECT id FROM unit WHERE code = $2))
        OR EXISTS (
            SELECT FROM index_score AS s
            WHERE s.published_index = i.id AND s.unit = ANY(ARRAY(SELECT id FROM unit WHERE code = $2))
        )
    )
    AND ($4::uuid IS NULL OR (i.registered_at, i.id) < ($3::timestamptz, $4))
ORDER BY i.registered_at DESC, i.id DESC
LIMIT $5;

-- name: read_index
-- Read an index.
SELECT id, key, published_by, title, year, criteria_set, document, received_at, registered_at, version
FROM published_index
WHERE id = $1;

-- name: read_index_scores
-- Read the scores of an index in their order.
SELECT unit, rank, self_score, appraised_score, parts FROM index_score WHERE published_index = $1 ORDER BY ordinal;

-- name: list_units
-- List units by code, with what they are called on a day.
SELECT u.id, u.code, c.name, c.short_name, u.parent, u.valid_from, u.registered_at
FROM unit AS u
JOIN unit_called($1::date) AS c ON c.id = u.id
WHERE ($2::tsquery IS NULL OR u.search @@ $2)
    AND ($3::uuid IS NULL OR u.parent = $3)
    AND ($4::text IS NULL OR (u.code, u.id) > ($4, $5::uuid))
ORDER BY u.code, u.id
LIMIT $6;

-- name: find_unit
-- Read the unit that bears a code (canonical); of several the one registered last.
SELECT id, code, parent, valid_from, registered_at FROM unit WHERE code = $1 ORDER BY registered_at DESC, id LIMIT 1;

-- name: find_units
-- Read the units that bear some codes (canonical), with their names.
SELECT u.id, u.code, u.parent, u.valid_from, n.version, n.name, n.short_name, n.valid_from AS named_from, n.document
FROM unit AS u
JOIN unit_name AS n ON n.unit = u.id
WHERE u.code = ANY($1::text[])
ORDER BY u.id, n.version;

-- name: read_unit_names
-- Read the names of a unit, the newest first.
SELECT version, name, short_name, valid_from, document
FROM unit_name
WHERE unit = $1
ORDER BY CASE WHEN version = 1 THEN '-infinity'::date ELSE valid_from END DESC, version DESC;

-- name: list_unit_relations
-- List the units that took a unit's place, those whose place it took, and its subordinates, by code.
SELECT 'successor' AS kind, x.successor AS id, x.valid_from, x.document FROM unit_successor AS x WHERE x.unit = $1
UNION ALL
SELECT 'predecessor', x.unit, x.valid_from, x.document FROM unit_successor AS x WHERE x.successor = $1
UNION ALL
SELECT 'subordinate', u.id, NULL, NULL FROM unit AS u WHERE u.parent = $1;

-- name: read_turns
-- Count how often anything was written to the read model.
SELECT coalesce(sum(turn), 0)::bigint FROM partition;

-- name: count_shown
-- Count which of some versions of keys the timeline has.
SELECT count(*) FROM fact AS f JOIN unnest($1::uuid[], $2::bigint[]) AS t(key, version) ON t.key = f.key AND t.version = f.version;

-- name: find_successions
-- Find the successions of some units.
SELECT unit, successor, valid_from FROM unit_successor WHERE unit = ANY($1::uuid[]);
