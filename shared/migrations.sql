-- name: lock_schema
-- Let one process at a time migrate a schema.
SELECT pg_advisory_xact_lock(hashtext('dondoc.migrations'), hashtext($1));

-- name: create_schema
-- Create the schema of a worker; the name is one of our own constants.
CREATE SCHEMA IF NOT EXISTS "{schema}";

-- name: enter_schema
-- Resolve unqualified names in this schema until the transaction ends.
SELECT set_config('search_path', $1, true);

-- name: hold_turns
-- Wait for the turns that are open, of new partitions too, and let nobody begin one: a turn holds rows of several tables, and what it and a
-- migration lock in another order would be a deadlock. A schema that is made now has no partitions yet.
DO $$
BEGIN
    IF to_regclass('partition') IS NOT NULL THEN
        LOCK TABLE partition IN EXCLUSIVE MODE;
    END IF;
END
$$;

-- name: create_migration_table
-- Remember which migrations were run.
CREATE TABLE IF NOT EXISTS migration (
    name text PRIMARY KEY,
    run_at timestamptz NOT NULL DEFAULT now()
);

-- name: list_migrations
-- List the migrations that this schema has seen.
SELECT name FROM migration;

-- name: record_migration
-- Remember that a migration was run.
INSERT INTO migration (name) VALUES ($1);
