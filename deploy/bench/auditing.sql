-- name: add_streams
-- Enter the heads that the registrar would go on from.
INSERT INTO stream (partition, key, version, hash, state)
SELECT $1, s.key, s.version, s.hash, '{}' FROM unnest($2::uuid[], $3::bigint[], $4::bytea[]) AS s(key, version, hash);
