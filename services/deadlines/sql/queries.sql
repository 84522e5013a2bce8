-- name: read_dossiers
-- Read what is known of some directives.
SELECT directive_id, state FROM dossier WHERE directive_id = ANY($1::uuid[]);

-- name: put_dossiers
-- Keep what is known of directives.
INSERT INTO dossier (directive_id, state)
SELECT * FROM unnest($1::uuid[], $2::bytea[])
ON CONFLICT (directive_id) DO UPDATE SET state = excluded.state;

-- name: read_facts
-- Read the facts of some directives, in order.
SELECT directive_id, value FROM fact WHERE directive_id = ANY($1::uuid[]) ORDER BY directive_id, version;

-- name: put_facts
-- Keep facts, to fold dossiers anew when one of them is voided.
INSERT INTO fact (directive_id, version, value)
SELECT * FROM unnest($1::uuid[], $2::integer[], $3::bytea[])
ON CONFLICT (directive_id, version) DO UPDATE SET value = excluded.value;

-- name: read_calendar_versions
-- Read which versions of which years count.
SELECT calendar_id, version FROM calendar WHERE voided_by IS NULL;

-- name: read_calendars
-- Read the days of all years, each version that counts.
SELECT fact, registered_at, version, content FROM calendar WHERE voided_by IS NULL;

-- name: has_voided_calendars
-- Tell whether any version of a year was voided.
SELECT EXISTS (SELECT FROM calendar WHERE voided_by IS NOT NULL);

-- name: put_calendar
-- Keep the days of a year as registered.
INSERT INTO calendar (calendar_id, version, fact, registered_at, content)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (calendar_id, version) DO UPDATE
SET fact = excluded.fact, registered_at = excluded.registered_at, content = excluded.content;

-- name: void_calendar
-- Take a version of a year out of count, if the key is a calendar's.
UPDATE calendar SET voided_by = $3 WHERE calendar_id = $1 AND version = $2;

-- name: read_partitions_behind
-- Read the partitions that have not worked through their deadlines since the calendar was amended; none where it never was. One that is
-- still learning its facts again after an upgrade knows too little to say anything of deadlines.
SELECT p.partition
FROM partition AS p
LEFT JOIN calendar_progress AS c USING (partition)
WHERE
    EXISTS (SELECT FROM calendar)
    AND (c.token IS DISTINCT FROM $1 OR NOT c.is_done)
    AND NOT EXISTS (
        SELECT FROM learned AS l
        LEFT JOIN checkpoint AS f ON f.topic = $2 AND f.partition = l.partition
        WHERE l.partition = p.partition AND coalesce(f.next_offset, 0) < l.next_offset
    )
ORDER BY p.partition;

-- name: read_learned
-- Read where the facts of a partition end that were taken before an upgrade; no row where there was none.
SELECT next_offset FROM learned WHERE partition = $1;

-- name: read_calendar_progress
-- Read how far a partition has worked through its deadlines, if it has begun for this set of calendar facts.
SELECT reached, is_done FROM calendar_progress WHERE partition = $1 AND token = $2;

-- name: put_calendar_progress
-- Keep how far a partition has worked through its deadlines.
INSERT INTO calendar_progress (partition, token, reached, is_done)
VALUES ($1, $2, $3, $4)
ON CONFLICT (partition) DO UPDATE SET token = excluded.token, reached = excluded.reached, is_done = excluded.is_done;

-- name: read_open_directives
-- Read the next directives of a partition whose deadlines an amended calendar may move: those with a timer or, where asked for, all.
SELECT DISTINCT d.directive
FROM deadline AS d
JOIN progress AS p USING (deadline_id)
WHERE p.partition = $1 AND ($2::uuid IS NULL OR d.directive > $2) AND ($3::boolean OR p.fire_at IS NOT NULL OR d.kind = 'suspended')
ORDER BY d.directive
LIMIT $4;

-- name: rename_units
-- Keep the newest names of units.
UPDATE unit AS u SET name = n.name FROM unnest($1::uuid[], $2::text[]) AS n(unit_id, name) WHERE u.unit_id = n.unit_id;

-- name: put_units
-- Keep the codes and names of units.
INSERT INTO unit (unit_id, code, name)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[])
ON CONFLICT (unit_id) DO UPDATE SET code = excluded.code, name = excluded.name;

-- name: read_lives
-- Read the deadlines of some directives.
SELECT d.deadline_id, d.task, d.directive, d.task_number, d.content, d.lead, d.coordinating, d.name, d.met_by, d.plan_stage, d.due,
    d.series, d.occurrence, d.period, d.kind, d.recurrence, d.proof ->> 'phrase' AS phrase, d.original_due, d.set_at, d.moved_at, d.changes, p.approached, p.missed_event,
    p.risk, p.risk_planned_at, p.withdrawn, p.met_event, p.met_at, p.on_time, p.met_fact, p.corrects
FROM deadline AS d
JOIN progress AS p USING (deadline_id)
WHERE d.directive = ANY($1::uuid[])
ORDER BY d.deadline_id;

-- name: read_lives_by_id
-- Read some deadlines.
SELECT d.deadline_id, d.task, d.directive, d.task_number, d.content, d.lead, d.coordinating, d.name, d.met_by, d.plan_stage, d.due,
    d.series, d.occurrence, d.period, d.kind, d.recurrence, d.proof ->> 'phrase' AS phrase, d.original_due, d.set_at, d.moved_at, d.changes, p.approached, p.missed_event,
    p.risk, p.risk_planned_at, p.withdrawn, p.met_event, p.met_at, p.on_time, p.met_fact, p.corrects
FROM deadline AS d
JOIN progress AS p USING (deadline_id)
WHERE d.deadline_id = ANY($1::uuid[]);

-- name: read_due_lives
-- Read the deadlines of a partition whose timer has come, the oldest first, up to a number of them.
SELECT d.deadline_id, d.task, d.directive, d.task_number, d.content, d.lead, d.coordinating, d.name, d.met_by, d.plan_stage, d.due,
    d.series, d.occurrence, d.period, d.kind, d.recurrence, d.proof ->> 'phrase' AS phrase, d.original_due, d.set_at, d.moved_at, d.changes, p.approached, p.missed_event,
    p.risk, p.risk_planned_at, p.withdrawn, p.met_event, p.met_at, p.on_time, p.met_fact, p.corrects
FROM deadline AS d
JOIN progress AS p USING (deadline_id)
WHERE p.partition = $1 AND p.fire_at <= $2
ORDER BY p.fire_at
LIMIT $3;

-- name: read_next_timers
-- Read when the next timer of each partition fires: a stage of a deadline, or the look at a series.
SELECT p.partition, least(t.fire_at, l.look_at) AS fire_at
FROM partition AS p
LEFT JOIN LATERAL (
    SELECT d.fire_at FROM progress AS d
    WHERE d.partition = p.partition AND d.fire_at IS NOT NULL
    ORDER BY d.fire_at LIMIT 1
) AS t ON TRUE
LEFT JOIN LATERAL (
    SELECT s.look_at FROM series AS s
    JOIN dossier AS d USING (directive_id)
    WHERE s.partition = p.partition AND s.look_at IS NOT NULL
        AND NOT EXISTS (
            SELECT FROM learned AS n
            LEFT JOIN checkpoint AS f ON f.topic = 'directives.events.v1' AND f.partition = n.partition
            WHERE n.partition = p.partition AND coalesce(f.next_offset, 0) < n.next_offset
        )
    ORDER BY s.look_at LIMIT 1
) AS l ON TRUE
WHERE t.fire_at IS NOT NULL OR l.look_at IS NOT NULL
ORDER BY 2;

-- name: put_deadlines
-- Keep the terms of deadlines, as they were set or changed.
INSERT INTO deadline (
    deadline_id, task, directive, task_number, content, lead, coordinating, name, met_by, plan_stage, due, kind, recurrence, proof, set_at,
    original_due, moved_at, changes, series, occurrence, period
)
SELECT d.deadline_id, d.task, d.directive, d.task_number, d.content, d.lead, d.coordinating::uuid[], d.name, d.met_by, d.plan_stage, d.due,
    d.kind, d.recurrence, d.proof, d.set_at, d.original_due, d.moved_at, d.changes, d.series, d.occurrence, d.period
FROM unnest(
    $1::uuid[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::uuid[], $7::text[], $8::text[], $9::text[], $10::text[],
    $11::timestamptz[], $12::text[], $13::text[], $14::jsonb[], $15::timestamptz[], $16::timestamptz[], $17::timestamptz[], $18::integer[],
    $19::uuid[], $20::integer[], $21::text[]
) AS d(
    deadline_id, task, directive, task_number, content, lead, coordinating, name, met_by, plan_stage, due, kind, recurrence, proof, set_at,
    original_due, moved_at, changes, series, occurrence, period
)
ON CONFLICT (deadline_id) DO UPDATE
SET task_number = excluded.task_number, content = excluded.content, lead = excluded.lead, coordinating = excluded.coordinating,
    name = excluded.name, met_by = excluded.met_by, plan_stage = excluded.plan_stage, due = excluded.due, kind = excluded.kind,
    recurrence = excluded.recurrence, proof = excluded.proof, set_at = excluded.set_at, original_due = excluded.original_due,
    moved_at = excluded.moved_at, changes = excluded.changes, series = excluded.series, occurrence = excluded.occurrence,
    period = excluded.period;

-- name: put_series
-- Keep when some series of a partition are to be looked at for their next occurrence.
INSERT INTO series (series_id, partition, directive_id, look_at)
SELECT s.series_id, $1, s.directive_id, s.look_at
FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) AS s(series_id, directive_id, look_at)
ON CONFLICT (series_id) DO UPDATE SET look_at = excluded.look_at;

-- name: recall_series
-- Have series looked at, the first time when the earliest of their occurrences ends: what is said then follows from the dossiers.
INSERT INTO series (series_id, partition, directive_id, look_at)
SELECT s.series_id, $1, s.directive_id, s.look_at
FROM unnest($2::uuid[], $3::uuid[], $4::timestamptz[]) AS s(series_id, directive_id, look_at)
ON CONFLICT (series_id) DO UPDATE SET look_at = least(series.look_at, excluded.look_at);

-- name: read_due_series
-- Read the series of a partition that are to be looked at, up to a number of them; none whose facts are not known (again) yet.
SELECT s.series_id, s.directive_id
FROM series AS s
JOIN dossier AS d USING (directive_id)
WHERE s.partition = $1 AND s.look_at <= $2
    AND NOT EXISTS (
        SELECT FROM learned AS l
        LEFT JOIN checkpoint AS f ON f.topic = 'directives.events.v1' AND f.partition = l.partition
        WHERE l.partition = $1 AND coalesce(f.next_offset, 0) < l.next_offset
    )
ORDER BY s.look_at
LIMIT $3;

-- name: put_progress
-- Keep what became of deadlines and their timers, and add to their history.
INSERT INTO progress AS p (
    deadline_id, partition, approached, missed_event, risk, risk_planned_at, withdrawn, met_event, met_at, on_time, met_fact, corrects,
    next_stage, fire_at, history
)
SELECT n.deadline_id, $1, n.approached, n.missed_event, n.risk, n.risk_planned_at, n.withdrawn, n.met_event, n.met_at, n.on_time, n.met_fact,
    n.corrects, n.next_stage, n.fire_at, n.history
FROM unnest(
    $2::uuid[], $3::integer[], $4::text[], $5::text[], $6::timestamptz[], $7::text[], $8::text[], $9::timestamptz[], $10::boolean[],
    $11::text[], $12::text[], $13::text[], $14::timestamptz[], $15::jsonb[]
) AS n(
    deadline_id, approached, missed_event, risk, risk_planned_at, withdrawn, met_event, met_at, on_time, met_fact, corrects, next_stage,
    fire_at, history
)
ON CONFLICT (deadline_id) DO UPDATE
SET approached = excluded.approached, missed_event = excluded.missed_event, risk = excluded.risk,
    risk_planned_at = excluded.risk_planned_at, withdrawn = excluded.withdrawn, met_event = excluded.met_event, met_at = excluded.met_at,
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

-- name: read_answers
-- Read which of some requests were answered.
SELECT cause FROM journal WHERE topic = $1 AND partition = $2 AND cause = ANY($3::text[]);

-- name: read_unit_ids
-- Read the units that have a code.
SELECT unit_id FROM unit WHERE code = $1;

-- name: put_issuers
-- Keep who issued directives.
INSERT INTO issued (directive_id, issuer) SELECT * FROM unnest($1::uuid[], $2::uuid[])
ON CONFLICT (directive_id) DO UPDATE SET issuer = excluded.issuer;

-- name: list_deadlines
-- List deadlines by due instant (none comes last), after a cursor; a filter that is null does not count, and a unit is lead or coordinates.
SELECT d.deadline_id, d.task, d.directive, d.task_number, d.content, d.lead, u.code AS lead_code, u.name AS lead_name, d.coordinating,
    d.name, d.met_by, d.plan_stage, d.kind, d.recurrence, d.series, d.occurrence, d.period, d.due, d.proof ->> 'last_good_day' AS last_good_day, d.set_at,
    d.original_due, d.changes, p.risk, p.withdrawn, p.status, p.on_time, p.met_at, p.next_stage, p.fire_at
FROM deadline AS d
JOIN progress AS p USING (deadline_id)
LEFT JOIN unit AS u ON u.unit_id = d.lead
WHERE ($1::uuid[] IS NULL OR d.lead = ANY($1) OR d.coordinating && $1)
    AND ($2::uuid IS NULL OR d.task = $2)
    AND ($3::uuid IS NULL OR d.directive = $3)
    AND ($4::text IS NULL OR p.status = $4)
    AND ($5::timestamptz IS NULL OR d.due < $5)
    AND ($6::timestamptz IS NULL OR d.due >= $6)
    AND (
        $10::uuid IS NULL
        OR d.lead = $10
        OR $10 = ANY(d.coordinating)
        OR ($11::boolean AND d.directive IN (SELECT i.directive_id FROM issued AS i WHERE i.issuer = $10))
    )
    AND ($7::text IS NULL OR (coalesce(d.due, 'infinity'), d.deadline_id) > ($7::text::timestamptz, $8::uuid))
ORDER BY coalesce(d.due, 'infinity'), d.deadline_id
LIMIT $9;

-- name: read_deadline
-- Read one deadline with its proof and history.
SELECT d.deadline_id, d.task, d.directive, d.task_number, d.content, d.lead, u.code AS lead_code, u.name AS lead_name, d.coordinating,
    d.name, d.met_by, d.plan_stage, d.kind, d.recurrence, d.series, d.occurrence, d.period, d.due, d.proof ->> 'last_good_day' AS last_good_day, d.set_at,
    d.original_due, d.changes, p.risk, p.withdrawn, p.status, p.on_time, p.met_at, p.next_stage, p.fire_at, d.proof, p.met_fact, p.corrects, p.history
FROM deadline AS d
JOIN progress AS p USING (deadline_id)
LEFT JOIN unit AS u ON u.unit_id = d.lead
WHERE d.deadline_id = $1
    AND (
        $2::uuid IS NULL
        OR d.lead = $2
        OR $2 = ANY(d.coordinating)
        OR ($3::boolean AND d.directive IN (SELECT i.directive_id FROM issued AS i WHERE i.issuer = $2))
    );
