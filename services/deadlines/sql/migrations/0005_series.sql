-- A duty that comes back has a deadline for each occurrence: those that exist are the first of theirs, and are looked at when they end.

ALTER TABLE deadline
ADD COLUMN series uuid,
ADD COLUMN occurrence integer,
ADD COLUMN period text;

-- When each series is looked at for its next occurrence.
CREATE TABLE series (
    series_id uuid PRIMARY KEY,
    partition integer NOT NULL,
    directive_id uuid NOT NULL,
    look_at timestamptz
);
CREATE INDEX series_timer ON series (partition, look_at) WHERE look_at IS NOT NULL;
INSERT INTO series (series_id, partition, directive_id, look_at)
SELECT d.deadline_id, p.partition, d.directive, coalesce(d.due, d.set_at)
FROM deadline AS d
JOIN progress AS p USING (deadline_id)
WHERE d.recurrence IS NOT NULL OR d.kind IN ('granted', 'suspended');
