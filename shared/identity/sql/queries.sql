-- name: add_audit
-- Add a line to the audit log; callers of other schemas write it too, so the table is named with its own.
INSERT INTO identity.audit (actor, action, object, address, detail) VALUES ($1, $2, $3, $4, $5::jsonb);

-- name: read_audit
-- Read lines of the audit log, newest first; a filter that is null does not count.
SELECT id, at, actor, action, object, address, detail
FROM audit
WHERE ($1::text IS NULL OR actor = $1)
    AND ($2::text IS NULL OR action = $2)
    AND ($3::text IS NULL OR object = $3)
    AND ($4::timestamptz IS NULL OR at >= $4)
    AND ($5::timestamptz IS NULL OR at < $5)
    AND ($6::bigint IS NULL OR id < $6)
ORDER BY id DESC
LIMIT $7;
