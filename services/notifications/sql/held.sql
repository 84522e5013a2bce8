-- name: read_held
-- Tell what the service knows of some keys: a unit, or the tasks of a directive that people were told of, and the escalations to come.
SELECT 'unit' AS kind, unit::text AS id, name AS title, NULL::timestamptz AS due, NULL AS stage, NULL::timestamptz AS fire_at
FROM unit WHERE unit = ANY($1::uuid[])
UNION ALL
SELECT DISTINCT 'task', task::text, '', NULL::timestamptz, NULL, NULL::timestamptz
FROM notice WHERE directive = ANY($1::uuid[]) AND task IS NOT NULL
UNION ALL
SELECT 'notice', deadline::text, 'notice-escalated', NULL, 'escalation', fire_at
FROM escalation WHERE directive = ANY($1::uuid[]) AND fire_at IS NOT NULL;
