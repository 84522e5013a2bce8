-- name: read_held
-- Tell what the read model knows of some keys: a unit, or a directive with its tasks and the deadlines that are open.
SELECT 'unit' AS kind, u.id::text AS id, n.name AS title, NULL::timestamptz AS due, NULL AS stage, NULL::timestamptz AS fire_at
FROM unit AS u JOIN unit_name AS n ON n.unit = u.id AND n.version = 1 WHERE u.id = ANY($1::uuid[])
UNION ALL
SELECT 'directive', id::text, symbol || ': ' || subject, NULL, NULL, NULL FROM directive WHERE id = ANY($1::uuid[])
UNION ALL
SELECT 'task', id::text, number || '. ' || content, NULL, NULL, NULL FROM task WHERE directive = ANY($1::uuid[])
UNION ALL
SELECT 'deadline', d.id::text, d.name, d.due, NULL, NULL
FROM task_deadline AS d JOIN task AS t ON t.id = d.task
WHERE t.directive = ANY($1::uuid[]) AND d.met_at IS NULL AND d.withdrawn_by IS NULL;
