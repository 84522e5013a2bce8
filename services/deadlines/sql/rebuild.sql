-- How the tables come out of what the service has said, and of the facts that it follows: what only a rebuild needs.

-- name: create_unplanned
-- Remember the directives whose timers are to be planned once all is read, the calendars by which that was done last, and requests for
-- more time that may lack their answer.
CREATE TABLE IF NOT EXISTS unplanned (directive uuid PRIMARY KEY);
CREATE TABLE IF NOT EXISTS planned_by (token text PRIMARY KEY);
CREATE TABLE IF NOT EXISTS asked (partition integer, directive uuid, version integer, cause text, PRIMARY KEY (directive, version));

-- name: drop_unplanned
-- Forget what only a rebuild needs.
DROP TABLE unplanned, planned_by, asked;

-- name: add_unplanned
-- Have the timers of directives planned.
INSERT INTO unplanned (directive) SELECT DISTINCT * FROM unnest($1::uuid[]) ON CONFLICT DO NOTHING;

-- name: read_planned_by
-- Read by which calendars timers were planned.
SELECT token FROM planned_by;

-- name: unplan_all
-- Have all timers planned.
INSERT INTO unplanned (directive) SELECT DISTINCT directive FROM deadline ON CONFLICT DO NOTHING;

-- name: put_planned_by
-- Keep by which calendars timers are planned.
WITH before AS (DELETE FROM planned_by WHERE token <> $1) INSERT INTO planned_by (token) VALUES ($1) ON CONFLICT DO NOTHING;

-- name: take_unplanned
-- Take some directives whose timers are to be planned.
DELETE FROM unplanned WHERE directive IN (SELECT directive FROM unplanned LIMIT $1) RETURNING directive;

-- name: put_timers
-- Plan when the next stages of deadlines fire.
UPDATE progress AS p SET next_stage = n.next_stage, fire_at = n.fire_at
FROM unnest($1::uuid[], $2::text[], $3::timestamptz[]) AS n(deadline_id, next_stage, fire_at)
WHERE p.deadline_id = n.deadline_id AND (p.next_stage, p.fire_at) IS DISTINCT FROM (n.next_stage, n.fire_at);

-- name: put_looks
-- Plan when series are looked at for their next occurrence.
INSERT INTO series (series_id, partition, directive_id, look_at)
SELECT * FROM unnest($1::uuid[], $2::integer[], $3::uuid[], $4::timestamptz[])
ON CONFLICT (series_id) DO UPDATE SET look_at = excluded.look_at;

-- name: add_asked
-- Note requests for more time.
INSERT INTO asked (partition, directive, version, cause) SELECT $1, * FROM unnest($2::uuid[], $3::integer[], $4::text[]) ON CONFLICT DO NOTHING;

-- name: read_unanswered
-- Read the requests for more time of a partition that this service has not answered.
SELECT a.directive, a.version, a.cause
FROM asked AS a
WHERE a.partition = $1
    AND NOT EXISTS (SELECT FROM journal AS j WHERE j.topic = $2 AND j.partition = a.partition AND j.cause = a.cause)
ORDER BY a.directive, a.version;

-- name: read_answered
-- Read the last facts that what was said of deadlines follows from, by partition.
SELECT partition, max(split_part(cause, '/', 3)::bigint) AS kafka_offset
FROM journal
WHERE topic = $1 AND split_part(cause, '/', 1) = $2
GROUP BY partition;

-- name: take_learned
-- Take over where facts end that were taken before an upgrade which is still under way, where the new tables are just as far.
INSERT INTO "{schema}".learned
SELECT l.*
FROM "{live}".learned AS l
JOIN "{live}".checkpoint AS b ON b.topic = 'directives.events.v1' AND b.partition = l.partition AND b.next_offset < l.next_offset
JOIN "{schema}".checkpoint AS c ON (c.topic, c.partition, c.next_offset) = (b.topic, b.partition, b.next_offset);
