-- name: read_audit
-- Read the audit log in order.
SELECT actor, action, object, address, detail FROM identity.audit ORDER BY id;

-- name: spoil_file
-- Change what files hold.
UPDATE file SET content = 'something else', size = 14;

-- name: take_guards_off
-- Let a file be changed, as whoever owns the database can.
ALTER TABLE file DROP CONSTRAINT file_is_named_by_content, DISABLE TRIGGER file_stays;

-- name: count_rows
-- Count files and drafts.
SELECT count(*) AS n FROM file UNION ALL SELECT count(*) FROM draft;

-- name: take_drafts
-- Take all drafts to change them, or fail at once where somebody holds one.
SELECT id FROM draft FOR UPDATE NOWAIT;
