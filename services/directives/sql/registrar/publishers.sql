-- name: find_units
-- The registered units of the codes.
SELECT id, code FROM unit WHERE code = ANY ($1::text[]);

-- name: name_units
-- The codes of the units.
SELECT code FROM unit WHERE id = ANY ($1::uuid[]) ORDER BY code;

-- name: read_publishers
-- The rights of one publisher, or of all.
SELECT slug, version, rights FROM publisher WHERE $1::text IS NULL OR slug = $1 ORDER BY slug;
