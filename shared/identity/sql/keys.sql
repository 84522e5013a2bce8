-- name: add_key
-- Keep a new key's hash; callers of other schemas write it too, so the tables of this file are named with their own.
INSERT INTO identity.api_key (id, hash, publisher, made_at, made_by, expires_at) VALUES ($1, $2, $3, $4, $5, $6);

-- name: list_keys
-- Read a publisher's keys, or everybody's, oldest first.
SELECT id, publisher, made_at, made_by, expires_at, revoked_at, used_at
FROM identity.api_key
WHERE ($1::text IS NULL OR publisher = $1)
ORDER BY publisher, made_at, id;

-- name: end_keys
-- Let the keys of a publisher that still count end at an instant, unless they end earlier by themselves.
UPDATE identity.api_key SET expires_at = $2
WHERE publisher = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2);

-- name: revoke_keys
-- Revoke the keys of a publisher that still count.
UPDATE identity.api_key SET revoked_at = $2
WHERE publisher = $1 AND revoked_at IS NULL AND (expires_at IS NULL OR expires_at > $2)
RETURNING id;

-- name: read_ring
-- Read what every key is known by; those that ended long ago are left out, since they are as good as unknown.
SELECT id, hash, publisher, expires_at, revoked_at
FROM identity.api_key
WHERE coalesce(revoked_at, expires_at, 'infinity') > $1;

-- name: note_use
-- Keep when keys were used last.
UPDATE identity.api_key AS k SET used_at = greatest(k.used_at, u.at)
FROM unnest($1::text[], $2::timestamptz[]) AS u (id, at)
WHERE k.id = u.id;

-- name: set_limit
-- Set how much a publisher may send.
INSERT INTO identity.publisher_limit (publisher, events_per_second, burst, events_per_day, changed_at, changed_by)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT (publisher) DO UPDATE SET
    events_per_second = excluded.events_per_second, burst = excluded.burst, events_per_day = excluded.events_per_day,
    changed_at = excluded.changed_at, changed_by = excluded.changed_by;

-- name: read_limits
-- Read the limits that are not the installation's defaults, of one publisher or of all.
SELECT publisher, events_per_second, burst, events_per_day
FROM identity.publisher_limit
WHERE ($1::text IS NULL OR publisher = $1);

-- name: add_usage
-- Count events of publishers on a day, and return the counts of all gateways together.
INSERT INTO identity.publisher_usage AS p (publisher, day, events)
SELECT u.publisher, $1, u.events FROM unnest($2::text[], $3::bigint[]) AS u (publisher, events)
ON CONFLICT (publisher, day) DO UPDATE SET events = p.events + excluded.events
RETURNING publisher, events;

-- name: read_usage
-- Read how many events each publisher has sent on a day.
SELECT publisher, events FROM identity.publisher_usage WHERE day = $1;

-- name: forget_usage
-- Forget the counts of days long past.
DELETE FROM identity.publisher_usage WHERE day < $1;
