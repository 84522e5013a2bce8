-- Webhooks: contacts of that kind with their secrets, and whether they are sent anything.

-- name: list_webhooks
-- List the webhooks of a unit or of all, as far as the asker may see them, by unit and address.
SELECT
    c.id, c.unit, u.code, u.name, c.value AS url, c.label, c.changed_at, c.failing_since, c.disabled_at, c.disabled_why, s.made_at,
    p.expires_at AS previous_until
FROM contact AS c
LEFT JOIN unit AS u ON u.unit = c.unit
LEFT JOIN webhook_secret AS s ON s.contact = c.id AND s.expires_at IS NULL
LEFT JOIN LATERAL (SELECT max(e.expires_at) AS expires_at FROM webhook_secret AS e WHERE e.contact = c.id AND e.expires_at > $4) AS p ON true
WHERE c.kind = 'webhook'
    AND ($1::uuid IS NULL OR c.unit = $1)
    AND ($2::uuid IS NULL OR c.unit = $2)
    AND ($3::uuid IS NULL OR c.id = $3)
ORDER BY u.code, c.value;

-- name: add_webhook
-- Add a webhook to a unit; it begins without a secret.
INSERT INTO contact (id, unit, kind, value, label, changed_at) VALUES ($1, $2, 'webhook', $3, $4, $5);

-- name: lock_webhook
-- Find a webhook that the asker may see, and keep others from changing it meanwhile.
SELECT unit FROM contact WHERE id = $1 AND kind = 'webhook' AND ($2::uuid IS NULL OR unit = $2) FOR UPDATE;

-- name: retire_secrets
-- Let the present secret of a webhook count until an instant, and forget those before it.
WITH forgotten AS (DELETE FROM webhook_secret WHERE contact = $1 AND expires_at IS NOT NULL)
UPDATE webhook_secret SET expires_at = $2 WHERE contact = $1 AND expires_at IS NULL;

-- name: add_secret
-- Add a secret to a webhook.
INSERT INTO webhook_secret (contact, made_at, secret) VALUES ($1, $2, $3);

-- name: read_secrets
-- Read with what a webhook is signed at an instant, the newest first, and whether it is disabled; no row where it is gone.
SELECT c.disabled_at, c.disabled_why, array(
    SELECT s.secret FROM webhook_secret AS s
    WHERE s.contact = c.id AND (s.expires_at IS NULL OR s.expires_at > $2)
    ORDER BY s.made_at DESC
) AS secrets
FROM contact AS c
WHERE c.id = $1 AND c.kind = 'webhook';

-- name: note_success
-- Forget that a webhook had been failing at this address.
UPDATE contact SET failing_since = NULL WHERE id = $1 AND value = $2 AND failing_since IS NOT NULL;

-- name: note_failure
-- Keep since when a webhook has been failing, and tell it; no row where it has another address by now.
UPDATE contact SET failing_since = coalesce(failing_since, $3) WHERE id = $1 AND kind = 'webhook' AND value = $2 RETURNING failing_since;

-- name: disable_webhook
-- Send a webhook nothing any more, and tell whose it is; no row where it was disabled before, is gone, or has another address by now.
UPDATE contact SET disabled_at = $3, disabled_why = $4
WHERE id = $1 AND kind = 'webhook' AND value = $2 AND disabled_at IS NULL
RETURNING unit;

-- name: enable_webhook
-- Send a webhook notices again.
UPDATE contact SET disabled_at = NULL, disabled_why = NULL, failing_since = NULL WHERE id = $1;

-- name: remove_webhook
-- Remove a webhook and its secrets.
DELETE FROM contact WHERE id = $1;
