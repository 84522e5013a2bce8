-- name: stream
-- The newest version of each key; its state follows from the journal, and is null after an upgrade until it is asked for.
SELECT t.partition, ROW(t.key, t.version, t.hash) FROM stream AS t

-- name: fact
-- Facts as judged.
SELECT t.partition, t FROM fact AS t

-- name: claim
-- Names, by who holds them.
SELECT t.owner, t FROM claim AS t

-- name: unit
-- Registered units, each by itself.
SELECT t.id, t FROM unit AS t

-- name: receipt
-- What became of the inbox.
SELECT t.partition, t FROM receipt AS t

-- name: waiting
-- What waits.
SELECT t.partition, t FROM waiting AS t

-- name: publisher
-- Publishers' rights.
SELECT t.key, t FROM publisher AS t
