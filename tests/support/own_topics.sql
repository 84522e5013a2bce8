-- name: read_unsent
-- Read what is to be sent to some topics, in order.
SELECT j.* FROM journal AS j JOIN relay AS r USING (topic, partition)
WHERE j.topic = ANY($1::text[]) AND j.position > r.sent_position ORDER BY j.topic, j.partition, j.position;

-- name: mark_sent
-- Move the relay's mark.
UPDATE relay SET sent_position = $3 WHERE topic = $1 AND partition = $2;

-- name: read_journal
-- Read what was published to some topics, in order.
SELECT * FROM journal WHERE topic = ANY($1::text[]) ORDER BY topic, partition, position;

-- name: drop_schema
-- Lose a schema.
DROP SCHEMA "{schema}" CASCADE;

-- name: list_columns
-- List the columns of each table of a schema, without those that are computed.
SELECT c.table_name AS name, string_agg('"' || c.column_name || '"', ', ' ORDER BY c.ordinal_position) AS columns
FROM information_schema.columns AS c JOIN information_schema.tables AS t USING (table_schema, table_name)
WHERE c.table_schema = $1 AND t.table_type = 'BASE TABLE' AND c.is_generated = 'NEVER' GROUP BY 1 ORDER BY 1;

-- name: back_up_table
-- Copy a table aside.
CREATE TABLE backup."{name}" AS SELECT {columns} FROM "{name}";

-- name: restore_table
-- Bring a table back to what was copied, whatever refers to it.
INSERT INTO "{name}" ({columns}) SELECT {columns} FROM backup."{name}";

-- name: read_essence
-- Read when deadlines fall, and how they were met or ended.
SELECT d.deadline_id, d.due, d.kind, p.met_fact, p.met_at, p.on_time, p.withdrawn
FROM deadline AS d JOIN progress AS p USING (deadline_id) ORDER BY 1;
