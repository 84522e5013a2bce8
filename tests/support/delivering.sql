-- name: add_contact
-- Add a contact of a unit.
INSERT INTO contact (id, unit, kind, value, changed_at) VALUES ($1, $2, $3, $4, now());

-- name: add_secret
-- Give a webhook a secret.
INSERT INTO webhook_secret (contact, made_at, secret) VALUES ($1, now(), '\x00');

-- name: list_deliveries
-- List the deliveries by contact.
SELECT d.*, n.channel, n.recipient FROM delivery AS d JOIN notice AS n USING (notice) ORDER BY d.position, d.contact;

-- name: list_attempts
-- List the attempts in the order of their beginning.
SELECT * FROM attempt ORDER BY started_at, delivery, number;

-- name: list_endings
-- List what came of notices.
SELECT * FROM ending ORDER BY partition, position;

-- name: end_leases
-- Let every lease run out, and everything that is pending be due.
UPDATE delivery SET leased_until = now() - interval '1 second', next_at = now() - interval '1 second' WHERE state = 'pending';

-- name: count_mail
-- Count mail notices.
SELECT count(*) FROM notice WHERE channel = 'mail';
