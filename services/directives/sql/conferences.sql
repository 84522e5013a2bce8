-- name: list_conferences
-- List conferences by their beginning; places are the same where nothing but case, blanks and the last full stop differ.
SELECT
    c.id, c.directive, c.title, c.scheduled_by, c.starts_at, c.ends_at, c.place, c.chair, c.participants, c.received_at,
    c.first_starts_at, c.standing, c.reschedulings, c.changed_at, c.reason, c.held_at, c.attendance,
    ARRAY(
        SELECT x.task FROM conference_task AS x
        WHERE x.conference = c.id AND ($8::uuid IS NULL OR x.task IN (SELECT i.task FROM task_in_sight($8, $9::boolean) AS i))
        ORDER BY x.task
    ) AS tasks
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
                AND ($8::uuid IS NULL OR x.task IN (SELECT i.task FROM task_in_sight($8, $9::boolean) AS i))
        )
    )
    AND ($8::uuid IS NULL OR c.id IN (SELECT i.conference FROM conference_in_sight($8, $9::boolean) AS i))
    AND ($7::text[] = '{}' OR c.standing = ANY($7))
    AND ($5::uuid IS NULL OR (c.starts_at, c.id) > ($4::timestamptz, $5))
    AND ($10::text IS NULL OR rtrim(btrim(regexp_replace(lower(normalize(c.place)), '\s+', ' ', 'g')), '.') = $10)
ORDER BY c.starts_at, c.id
LIMIT $6;

-- name: list_of_task
-- List the conferences of a task by their beginning.
SELECT
    c.id, c.directive, c.title, c.scheduled_by, c.starts_at, c.ends_at, c.place, c.chair, c.participants, c.received_at,
    c.first_starts_at, c.standing, c.reschedulings, c.changed_at, c.reason, c.held_at, c.attendance, ARRAY[$1::uuid] AS tasks
FROM conference AS c
JOIN conference_task AS x ON x.conference = c.id
WHERE x.task = $1
ORDER BY c.starts_at, c.id;

-- name: list_meetings
-- List the conferences in sight that meet one of some conferences in time, these among them, with the units that take part: those that were
-- asked, and those that lead a task in sight whose deliverable is the conference. An end that nobody set counts as two hours after the
-- beginning.
SELECT
    c.id, c.title, c.starts_at, c.ends_at, c.place, c.chair, c.participants || ARRAY(
        SELECT t.lead FROM conference_task AS x
        JOIN task AS t ON t.id = x.task
        WHERE x.conference = c.id AND t.deliverable = 'conference'
            AND ($2::uuid IS NULL OR x.task IN (SELECT i.task FROM task_in_sight($2, $3::boolean) AS i))
    ) AS units
FROM conference AS c
WHERE c.standing <> 'cancelled'
    AND ($2::uuid IS NULL OR c.id IN (SELECT i.conference FROM conference_in_sight($2, $3::boolean) AS i))
    AND EXISTS (
        SELECT FROM conference AS p
        WHERE p.id = ANY($1::uuid[])
            AND p.starts_at < coalesce(c.ends_at, c.starts_at + interval '2 hours')
            AND c.starts_at < coalesce(p.ends_at, p.starts_at + interval '2 hours')
    );

-- name: list_windows
-- List the deadlines within which conferences are to be held, as the letter says it. A conference is outside where the deadlines service
-- says that nothing planned keeps the deadline, or where it comes after the deadline and no other one comes before.
SELECT
    x.conference, d.id AS deadline, d.task, t.number AS task_number, d.name, d.proof ->> 'phrase' AS phrase, d.due,
    CASE
        WHEN c.standing = 'cancelled' OR d.is_on_time THEN NULL
        WHEN d.risk IN ('conference-outside-window', 'conference-after-due') THEN d.risk
        WHEN coalesce(c.held_at, c.starts_at) >= d.due AND NOT EXISTS (
            SELECT FROM conference_task AS y
            JOIN conference AS o ON o.id = y.conference
            WHERE y.task = d.task AND o.id <> c.id AND o.standing <> 'cancelled' AND coalesce(o.held_at, o.starts_at) < d.due
        ) THEN 'conference-after-due'
    END AS outside
FROM conference_task AS x
JOIN conference AS c ON c.id = x.conference
JOIN task AS t ON t.id = x.task
JOIN task_deadline AS d ON d.task = x.task
WHERE x.conference = ANY($1::uuid[])
    AND d.met_by = 'conference-held'
    AND d.due IS NOT NULL
    AND (d.withdrawn_by IS NULL OR d.withdrawn_by = 'task-confirmed')
    AND ($2::uuid IS NULL OR x.task IN (SELECT i.task FROM task_in_sight($2, $3::boolean) AS i))
ORDER BY x.conference, d.due, d.id;

-- name: list_served
-- List the tasks in sight that some conferences serve.
SELECT x.conference, t.id, t.number, t.content, d.id AS directive, d.number AS directive_number, d.symbol, d.subject, d.issued_on
FROM conference_task AS x
JOIN task AS t ON t.id = x.task
JOIN directive AS d ON d.id = t.directive
WHERE x.conference = ANY($1::uuid[]) AND ($2::uuid IS NULL OR t.id IN (SELECT i.task FROM task_in_sight($2, $3::boolean) AS i))
ORDER BY x.conference, d.id, t.version;

-- name: list_concerned
-- List the units that conferences of a span concern, of the leads of their tasks those of tasks in sight, by their names on a day.
SELECT u.code, u.name
FROM unit_called($3::date) AS u
WHERE u.id IN (
    SELECT unnest(c.participants || c.scheduled_by || ARRAY(
        SELECT t.lead FROM conference_task AS x
        JOIN task AS t ON t.id = x.task
        WHERE x.conference = c.id
            AND ($4::uuid IS NULL OR x.task IN (SELECT i.task FROM task_in_sight($4, $5::boolean) AS i))
    ))
    FROM conference AS c
    WHERE c.starts_at >= $1 AND c.starts_at < $2
        AND ($4::uuid IS NULL OR c.id IN (SELECT i.conference FROM conference_in_sight($4, $5::boolean) AS i))
)
ORDER BY u.code, u.id;

-- name: list_places
-- List the places of the conferences of a span.
SELECT DISTINCT c.place
FROM conference AS c
WHERE c.starts_at >= $1 AND c.starts_at < $2
    AND ($3::uuid IS NULL OR c.id IN (SELECT i.conference FROM conference_in_sight($3, $4::boolean) AS i))
ORDER BY c.place;

-- name: list_months
-- List the months (in Vietnam) in which conferences begin.
SELECT DISTINCT date_trunc('month', c.starts_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date AS month
FROM conference AS c
WHERE $1::uuid IS NULL OR c.id IN (SELECT i.conference FROM conference_in_sight($1, $2::boolean) AS i)
ORDER BY month;

-- name: read_calendar_entry
-- Read a conference as a calendar takes it in; `sequence` is the version of the last fact about it, which never falls.
SELECT
    c.id, c.title, c.scheduled_by, c.starts_at, c.ends_at, c.place, c.chair, c.participants, c.standing, c.reason, f.sequence, f.stamped_at
FROM conference AS c
CROSS JOIN LATERAL (
    SELECT max(greatest(a.version, v.version)) AS sequence, max(greatest(a.registered_at, v.registered_at)) AS stamped_at
    FROM fact AS a
    LEFT JOIN fact AS v ON v.key = a.key AND v.version = a.voided_by
    WHERE a.key = c.directive AND a.subject = c.id
) AS f
WHERE c.id = $1 AND ($2::uuid IS NULL OR c.id IN (SELECT i.conference FROM conference_in_sight($2, $3::boolean) AS i));
