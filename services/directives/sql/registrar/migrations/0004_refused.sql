-- When facts were refused, so that operators can look through them, those refused last first.

ALTER TABLE receipt ADD COLUMN refused_at timestamptz;
UPDATE receipt AS r
SET refused_at = coalesce(
    (
        SELECT substring(convert_from(j.value, 'UTF8') FROM '"registeredtime":"([^"]+)"')::timestamptz
        FROM journal AS j
        WHERE j.topic = 'directives.verdicts.v1' AND j.partition = r.partition AND j.position = r.position
    ),
    now()
)
WHERE r.outcome = 'refused';
ALTER TABLE receipt ADD CONSTRAINT receipt_refused CHECK ((outcome = 'refused') = (refused_at IS NOT NULL));
CREATE INDEX receipt_refused_at ON receipt (refused_at, partition, kafka_offset) WHERE refused_at IS NOT NULL;
