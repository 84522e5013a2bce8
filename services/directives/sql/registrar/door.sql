-- name: read_all_publishers
-- Read the rights of every publisher, for the door.
SELECT slug, rights FROM publisher;
