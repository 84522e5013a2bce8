-- name: list_notices
-- List the notices by position.
SELECT * FROM notice ORDER BY partition, position;

-- name: list_units
-- List the units that are known.
SELECT unit, code, name FROM unit ORDER BY unit;

-- name: count_known
-- Count what the rules know of directives and tasks.
SELECT (SELECT count(*) FROM roll) + (SELECT count(*) FROM fact);

-- name: end_other_connections
-- End every other connection to this database, as a restart of the server would.
SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend';
