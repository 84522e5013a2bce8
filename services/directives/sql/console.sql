-- name: count_due_by_day
-- Count the tasks in sight that are yet to be handed in by the last good day of the deadline that counts, of those due in a span.
SELECT ((s.due - interval '1 microsecond') AT TIME ZONE interval '7 hours')::date AS day, count(*) AS tasks
FROM task AS t
JOIN task_status($1) AS s ON s.task = t.id
WHERE t.work NOT IN ('done', 'cancelled', 'awaiting_confirmation')
    AND s.due >= $2::timestamptz AND s.due < $3::timestamptz
    AND ($4::uuid IS NULL OR t.id IN (SELECT i.task FROM task_in_sight($4, $5::boolean) AS i))
GROUP BY 1
ORDER BY 1;

-- name: list_late_units
-- List the units that lead open tasks in sight that are overdue, the longest overdue first, with the number of calendar days; the same
-- rule as `days_late` in the domain's module of scorecards.
SELECT t.lead AS unit, count(DISTINCT t.id) AS tasks, max(greatest(1, (l.ceased_at AT TIME ZONE interval '7 hours')::date
    - ((d.due - interval '1 microsecond') AT TIME ZONE interval '7 hours')::date)) AS days_late
FROM task AS t
JOIN task_status($1) AS s ON s.task = t.id
JOIN deadline_state AS d ON d.task = t.id
CROSS JOIN LATERAL (SELECT least($1, d.settled_at, t.still_since, d.received_at) AS ceased_at) AS l
WHERE t.work NOT IN ('done', 'cancelled') AND s."time" IN ('overdue', 'late') AND l.ceased_at >= d.due
    AND ($2::uuid IS NULL OR t.id IN (SELECT i.task FROM task_in_sight($2, $3::boolean) AS i))
GROUP BY t.lead
ORDER BY 3 DESC, 2 DESC, 1
LIMIT $4;

-- name: list_newest_facts
-- List the facts of directives that were registered last, with what their directives are called. A unit reads what is about a directive
-- itself or in its sight.
SELECT
    f.registered_at AS at, 0 AS kind, f.version AS number, f.cause, f.hash, NULL::bytea AS previous_hash, f.received_at, f.value,
    v.value AS voiding, d.id AS directive, d.number AS directive_number, d.symbol, d.subject, d.issued_on
FROM fact AS f
JOIN directive AS d ON d.id = f.key
LEFT JOIN fact AS v ON v.key = f.key AND v.version = f.voided_by
WHERE $1::uuid IS NULL OR (
    f.key IN (SELECT i.directive FROM directive_in_sight($1, $2::boolean) AS i)
    AND (
        (f.subject = f.key AND f.type <> 'vn.dondoc.fact-voided.v1')
        OR f.subject IN (SELECT i.subject FROM subject_in_sight($1, $2) AS i)
    )
)
ORDER BY f.registered_at DESC, f.key DESC, f.version DESC
LIMIT $3;

-- name: count_by_directive
-- Count the tasks in sight of some directives by their status on both axes.
SELECT t.directive, t.work, s."time", count(*) AS tasks
FROM task AS t
JOIN task_status($1) AS s ON s.task = t.id
WHERE t.directive = ANY($2::uuid[]) AND ($3::uuid IS NULL OR t.id IN (SELECT i.task FROM task_in_sight($3, $4::boolean) AS i))
GROUP BY t.directive, t.work, s."time";

-- name: list_issuers
-- List the units that issued a directive in sight, by their names on a day.
SELECT u.code, u.name FROM unit_called($1::date) AS u WHERE u.id IN (
    SELECT d.issuer FROM directive AS d
    WHERE $2::uuid IS NULL OR d.id IN (SELECT i.directive FROM directive_in_sight($2, $3::boolean) AS i)
) ORDER BY u.code, u.id;

-- name: read_task_timeline
-- Read the newest of what was registered and said of a task and of what was handed in for it, the newest first.
SELECT at, kind, number, id, cause, hash, previous_hash, received_at, value, voiding
FROM (
    SELECT
        f.registered_at AS at, 0 AS kind, f.version AS number, '' AS id, f.cause, f.hash, p.hash AS previous_hash, f.received_at, f.value,
        v.value AS voiding
    FROM fact AS f
    LEFT JOIN fact AS p ON p.key = f.key AND p.version = f.version - 1
    LEFT JOIN fact AS v ON v.key = f.key AND v.version = f.voided_by
    WHERE f.key = $1 AND f.subject IN (
        SELECT $2::uuid
        UNION ALL
        SELECT x.id FROM plan AS x WHERE x.task = $2
        UNION ALL
        SELECT x.id FROM report AS x WHERE x.task = $2
        UNION ALL
        SELECT x.id FROM extension AS x WHERE x.task = $2
        UNION ALL
        SELECT x.conference FROM conference_task AS x WHERE x.task = $2
    )
    UNION ALL
    SELECT e.said_at, 1, e."position", e.id, e.cause, NULL, NULL, NULL, e.value, NULL
    FROM deadline_event AS e
    WHERE e.directive = $1 AND e.task = $2
) AS entry
ORDER BY at DESC, kind DESC, number DESC, id DESC
LIMIT $3;

-- name: read_facts_about
-- Read the facts of some types about something, with those that count no more left out, in order.
SELECT version, received_at, value
FROM fact
WHERE key = $1 AND subject = $2 AND type = ANY($3::text[]) AND voided_by IS NULL
ORDER BY version;
