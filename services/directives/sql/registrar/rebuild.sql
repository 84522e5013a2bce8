-- How the registrar's tables come out of what it has published, whichever of its topics is read first.

-- name: create_contested
-- Remember who else held a name: a name that a void gave back may be read as taken again before the void itself is.
CREATE TABLE IF NOT EXISTS contested (kind text COLLATE "C", name text COLLATE "C", owner uuid, PRIMARY KEY (kind, name, owner));

-- name: drop_contested
-- Forget who else held names.
DROP TABLE contested;

-- name: hold_names
-- Let keys hold names, in one order for all partitions.
INSERT INTO claim (kind, name, owner)
SELECT c.kind, c.name, c.owner FROM unnest($1::text[], $2::text[], $3::uuid[]) AS c(kind, name, owner)
ORDER BY c.kind COLLATE "C", c.name COLLATE "C"
ON CONFLICT DO NOTHING;

-- name: contest_names
-- Note who holds a name beside the one that was read first.
INSERT INTO contested (kind, name, owner)
SELECT DISTINCT c.kind, c.name, c.owner
FROM unnest($1::text[], $2::text[], $3::uuid[]) AS c(kind, name, owner)
JOIN claim AS o ON o.kind = c.kind AND o.name = c.name AND o.owner <> c.owner
ON CONFLICT DO NOTHING;

-- name: give_up_names
-- Take names from keys of which voids gave them back.
WITH freed AS (SELECT * FROM unnest($1::text[], $2::text[], $3::uuid[]) AS f(kind, name, owner)),
uncontested AS (DELETE FROM contested AS c USING freed AS f WHERE (c.kind, c.name, c.owner) = (f.kind, f.name, f.owner))
DELETE FROM claim AS c USING freed AS f WHERE (c.kind, c.name, c.owner) = (f.kind, f.name, f.owner);

-- name: settle_names
-- Give names that were given back to who took them after that.
WITH given AS (
    INSERT INTO claim (kind, name, owner)
    SELECT DISTINCT ON (c.kind, c.name) c.kind, c.name, c.owner FROM contested AS c ORDER BY c.kind, c.name, c.owner
    ON CONFLICT DO NOTHING
    RETURNING kind, name, owner
)
DELETE FROM contested AS c USING given AS g WHERE (c.kind, c.name, c.owner) = (g.kind, g.name, g.owner);

-- name: put_registered
-- Note which records were registered, as which versions; what they have waited for stays.
INSERT INTO receipt (partition, kafka_offset, outcome, position, version, publisher)
SELECT $1, r.kafka_offset, 'registered', r.position, r.version, r.publisher
FROM unnest($2::bigint[], $3::bigint[], $4::bigint[], $5::text[]) AS r(kafka_offset, position, version, publisher)
ON CONFLICT (partition, kafka_offset) DO UPDATE
SET outcome = excluded.outcome, position = excluded.position, version = excluded.version;

-- name: put_waits
-- Note which records wait, or have waited, and for what; a verdict that was read before stands.
INSERT INTO receipt AS r (partition, kafka_offset, outcome, position, publisher, need_kind, need_id, expires_at, waiting_position)
SELECT $1, w.kafka_offset, 'waiting', w.position, w.publisher, w.need_kind, w.need_id, w.expires_at, w.position
FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
    AS w(kafka_offset, position, publisher, need_kind, need_id, expires_at)
ON CONFLICT (partition, kafka_offset) DO UPDATE
SET
    position = CASE r.outcome WHEN 'waiting' THEN excluded.position ELSE r.position END, need_kind = excluded.need_kind,
    need_id = excluded.need_id, expires_at = excluded.expires_at, waiting_position = excluded.waiting_position;

-- name: put_refused
-- Note which records were refused, and why; what they have waited for stays.
INSERT INTO receipt (partition, kafka_offset, outcome, position, publisher, refusal, refused_at)
SELECT $1, r.kafka_offset, 'refused', r.position, r.publisher, r.refusal::json, r.refused_at
FROM unnest($2::bigint[], $3::bigint[], $4::text[], $5::text[], $6::timestamptz[])
    AS r(kafka_offset, position, publisher, refusal, refused_at)
ON CONFLICT (partition, kafka_offset) DO UPDATE
SET outcome = excluded.outcome, position = excluded.position, refusal = excluded.refusal, refused_at = excluded.refused_at;

-- name: put_facts
-- Enter facts as judged.
INSERT INTO fact (identity, digest, partition, kafka_offset)
SELECT f.identity, f.digest, $1, f.kafka_offset FROM unnest($2::bytea[], $3::bytea[], $4::bigint[]) AS f(identity, digest, kafka_offset)
ORDER BY f.identity
ON CONFLICT DO NOTHING;

-- name: read_known
-- Read what became of some records, and what those wait for that do.
SELECT kafka_offset, outcome, need_kind, need_id, expires_at FROM receipt WHERE partition = $1 AND kafka_offset = ANY($2::bigint[]);

-- name: read_answered
-- Read up to where the inbox was judged, as far as Kafka tells.
SELECT partition, max(kafka_offset) + 1 AS next_offset FROM receipt GROUP BY partition;

-- name: read_unreleased
-- Read facts of a partition that were registered after they had waited, where nothing says that they wait no more.
SELECT e.value, e.cause
FROM receipt AS r
JOIN journal AS e ON e.topic = $2 AND e.partition = r.partition AND e.position = r.position
WHERE
    r.partition = $1 AND r.outcome = 'registered' AND r.waiting_position IS NOT NULL
    AND NOT EXISTS (
        SELECT FROM journal AS v WHERE v.topic = $3 AND v.partition = r.partition AND v.cause = e.cause AND v.position > r.waiting_position
    )
ORDER BY e.position;

-- name: list_own_topics
-- List the publishers' own topics that were read.
SELECT DISTINCT topic FROM checkpoint WHERE topic ~ $1 ORDER BY topic;

-- name: read_untold
-- Read what was said of a publisher's facts in a partition and is not in its own topic: verdicts, and facts of which it holds no verdict that
-- they were registered ($6, a part of such a verdict).
SELECT v.topic, v.value, v.cause, v.hash
FROM receipt AS r
JOIN journal AS v
    ON v.topic = ANY(ARRAY[$3, $4]) AND v.partition = r.partition AND v.cause = concat_ws('/', 'directives.inbox.v1', r.partition, r.kafka_offset)
WHERE
    r.partition = $1 AND r.publisher = $2
    AND NOT EXISTS (
        SELECT FROM journal AS o
        WHERE
            o.topic = $5 AND o.partition = r.partition AND o.cause = v.cause
            AND CASE v.topic WHEN $3 THEN position($6::bytea IN o.value) > 0 ELSE o.value = v.value END
    )
ORDER BY v.topic, v.position;
