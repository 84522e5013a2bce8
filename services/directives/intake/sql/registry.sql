-- name: read_registry_mark
-- Tell which registration of names was the last one, and how many there are.
SELECT count(*) || ' ' || coalesce(max(registered_at)::text, '') FROM unit_name;

-- name: list_all_units
-- List all units with what they are called on a day.
SELECT u.id, u.code, u.parent, c.name, c.short_name FROM unit AS u JOIN unit_called($1::date) AS c ON c.id = u.id;
