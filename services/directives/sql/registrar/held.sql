-- name: read_held
-- Tell what the registrar knows of some keys: a unit, or a directive as it was issued, and its tasks.
SELECT 'unit' AS kind, id::text AS id, code AS title, NULL::timestamptz AS due, NULL AS stage, NULL::timestamptz AS fire_at
FROM unit WHERE id = ANY($1::uuid[])
UNION ALL
SELECT
    CASE WHEN event ->> 'type' = 'vn.dondoc.task-assigned.v1' THEN 'task' ELSE 'directive' END,
    event ->> 'subject',
    coalesce(event #>> '{data,symbol}', event #>> '{data,number}') || ': ' || coalesce(event #>> '{data,subject}', event #>> '{data,content}'),
    NULL, NULL, NULL
FROM (
    SELECT convert_from(value, 'UTF8')::json AS event
    FROM journal
    WHERE key = ANY(SELECT convert_to(k::text, 'UTF8') FROM unnest($1::uuid[]) AS k) AND hash IS NOT NULL
) AS registered
WHERE event ->> 'type' IN ('vn.dondoc.directive-issued.v1', 'vn.dondoc.task-assigned.v1');
