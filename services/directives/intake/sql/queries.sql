-- name: store_file
-- Store a file unless it is stored already.
INSERT INTO file (sha256, name, media_type, size, content, stored_at, stored_by)
VALUES ($1, $2, $3, length($4::bytea), $4, $5, $6)
ON CONFLICT (sha256) DO NOTHING;

-- name: read_file
-- Read a file.
SELECT name, media_type, content FROM file WHERE sha256 = $1;

-- name: lock_file
-- Lock a file; no row where it is locked already.
INSERT INTO locked (sha256, locked_at, locked_by) VALUES ($1, $2, $3) ON CONFLICT (sha256) DO NOTHING RETURNING sha256;

-- name: unlock_file
-- Forget that a file was locked.
DELETE FROM locked WHERE sha256 = $1;

-- name: is_locked
-- Tell whether a file is locked.
SELECT EXISTS (SELECT FROM locked WHERE sha256 = $1);

-- name: hold_drafts_of_file
-- Tell of each draft of a file whether facts were put together of it, and let nobody change it until the transaction ends.
SELECT facts <> '[]'::jsonb AS is_published FROM draft WHERE sha256 = $1 ORDER BY id FOR UPDATE;

-- name: delete_drafts_of_file
-- Delete every draft of a file, text and answers with it.
DELETE FROM draft WHERE sha256 = $1;

-- name: delete_file
-- Delete a file.
DELETE FROM file WHERE sha256 = $1;

-- name: find_draft_of_file
-- Find the draft of a file that was not discarded.
SELECT id, unit FROM draft WHERE sha256 = $1 AND state <> 'discarded';

-- name: add_draft
-- Add a draft of a file that has none; of two at once one is added.
INSERT INTO draft (sha256, name, media_type, text, unit, made_at, made_by, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6, $7, $6, $7)
ON CONFLICT (sha256) WHERE state <> 'discarded' DO NOTHING
RETURNING id;

-- name: read_draft
-- Read a draft; a unit sees those that it took in.
SELECT
    d.id, d.sha256, d.name, d.media_type, f.size, d.text, d.answers, d.version, d.state, d.round, d.facts, d.unit, d.made_at,
    d.made_by, d.changed_at, d.changed_by, EXISTS (SELECT FROM locked AS l WHERE l.sha256 = d.sha256) AS is_locked
FROM draft AS d
JOIN file AS f ON f.sha256 = d.sha256
WHERE d.id = $1 AND ($2::uuid IS NULL OR d.unit = $2);

-- name: list_drafts
-- List drafts that were not discarded, those changed last first; a unit sees those that it took in.
SELECT id, name, media_type, version, state, changed_at, changed_by
FROM draft
WHERE state <> 'discarded' AND ($1::uuid IS NULL OR unit = $1)
    AND ($2::timestamptz IS NULL OR (changed_at, id) < ($2, $3::uuid))
ORDER BY changed_at DESC, id DESC
LIMIT $4;

-- name: has_draft
-- Tell whether a file is of a draft that somebody sees; a unit sees those that it took in.
SELECT EXISTS (SELECT FROM draft WHERE sha256 = $1 AND ($2::uuid IS NULL OR unit = $2));

-- name: list_texts
-- List the texts of a file's drafts.
SELECT DISTINCT text FROM draft WHERE sha256 = $1;

-- name: answer_draft
-- Replace the answers of an open draft, where nobody changed it since a version.
UPDATE draft SET answers = $3::jsonb, version = version + 1, changed_at = $4, changed_by = $5
WHERE id = $1 AND version = $2 AND state = 'open'
RETURNING version;

-- name: publish_draft
-- Say what is published of an open draft, where nobody changed it since a version.
UPDATE draft SET facts = $3::jsonb, state = 'published', version = version + 1, changed_at = $4, changed_by = $5
WHERE id = $1 AND version = $2 AND state = 'open'
RETURNING version;

-- name: note_receipts
-- Keep the receipts of a published draft's facts.
UPDATE draft SET facts = $3::jsonb WHERE id = $1 AND round = $2 AND state = 'published';

-- name: reopen_draft
-- Open a published draft again, where nobody changed it since a version.
UPDATE draft SET state = 'open', round = round + 1, version = version + 1, changed_at = $3, changed_by = $4
WHERE id = $1 AND version = $2 AND state = 'published'
RETURNING version;

-- name: discard_draft
-- Discard an open draft, where nobody changed it since a version.
UPDATE draft SET state = 'discarded', version = version + 1, changed_at = $3, changed_by = $4
WHERE id = $1 AND version = $2 AND state = 'open'
RETURNING version;
