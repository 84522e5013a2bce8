-- name: read_held
-- Tell what the service knows of some keys: a unit, or the tasks of a directive and their deadlines that are open, each with its next stage.
SELECT 'unit' AS kind, unit_id::text AS id, name AS title, NULL::timestamptz AS due, NULL AS stage, NULL::timestamptz AS fire_at
FROM unit WHERE unit_id = ANY($1::uuid[])
UNION ALL
SELECT DISTINCT 'task', task::text, task_number || '. ' || content, NULL::timestamptz, NULL, NULL::timestamptz
FROM deadline WHERE directive = ANY($1::uuid[])
UNION ALL
SELECT 'deadline', d.deadline_id::text, d.name, d.due, split_part(p.next_stage, '-', 1), p.fire_at
FROM deadline AS d JOIN progress AS p USING (deadline_id)
WHERE d.directive = ANY($1::uuid[]) AND p.status NOT IN ('met', 'withdrawn');
