-- name: count_by_lead
-- Count the tasks in sight that some units lead by their status on both axes.
SELECT t.lead, t.work, s."time", count(*) AS tasks
FROM task AS t
JOIN task_status($1) AS s ON s.task = t.id
WHERE t.lead = ANY($2::uuid[]) AND ($3::uuid IS NULL OR t.id IN (SELECT i.task FROM task_in_sight($3, $4::boolean) AS i))
GROUP BY t.lead, t.work, s."time";

-- name: list_duties
-- List the open tasks in sight that a unit leads, or that it coordinates, by the deadline that counts.
SELECT
    t.id, t.directive, t.number, t.content, t.assigned_at, t.state::text, d.subject, d.number AS directive_number, d.symbol, d.issued_on
FROM task AS t
JOIN task_status($1) AS s ON s.task = t.id
JOIN directive AS d ON d.id = t.directive
WHERE CASE WHEN $3::boolean THEN t.lead = $2::uuid ELSE $2 = ANY(t.coordinating) END
    AND t.work NOT IN ('done', 'cancelled')
    AND ($4::uuid IS NULL OR t.id IN (SELECT i.task FROM task_in_sight($4, $5::boolean) AS i))
ORDER BY coalesce(s.due, 'infinity'), t.id
LIMIT $6;

-- name: list_led
-- List the tasks in sight that a unit leads, assigned before an instant, without those that were done before another one.
SELECT
    t.id, t.directive, t.number, t.content, t.assigned_at, t.state::text, d.subject, d.number AS directive_number, d.symbol, d.issued_on
FROM task AS t
JOIN directive AS d ON d.id = t.directive
WHERE t.lead = $1::uuid
    AND t.assigned_at < $2
    AND (t.done_at IS NULL OR greatest(t.done_at, t.assigned_at) >= $3::timestamptz)
    AND ($4::uuid IS NULL OR t.id IN (SELECT i.task FROM task_in_sight($4, $5::boolean) AS i));

-- name: list_once_led
-- List the directives of which a fact that was registered by an instant gives a unit a task.
SELECT DISTINCT f.key
FROM fact AS f
WHERE f.type = ANY($1::text[]) AND f.registered_at <= $2 AND position(convert_to($3::text, 'UTF8') IN f.value) > 0
ORDER BY f.key;
