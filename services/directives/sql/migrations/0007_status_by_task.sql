-- The time axis goes from each task to its deadlines, so that what is asked of a few tasks touches theirs only.
CREATE OR REPLACE FUNCTION task_status(instant timestamptz) RETURNS TABLE (task uuid, due timestamptz, "time" text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT
        t.id,
        CASE WHEN t.settled_at IS NOT NULL THEN x.last_due ELSE x.open_due END,
        CASE
            WHEN x.last_due IS NULL THEN 'no_deadline'
            WHEN t.settled_at IS NOT NULL THEN CASE WHEN x.is_late THEN 'late' ELSE 'on_time' END
            WHEN x.open_due <= least(instant, t.still_since) THEN 'overdue'
            WHEN x.open_soon_at <= least(instant, t.still_since) THEN 'due_soon'
            ELSE 'in_time'
        END
    FROM task AS t
    CROSS JOIN LATERAL (
        SELECT
            min(s.due) FILTER (WHERE s.received_at IS NULL) AS open_due,
            min(s.soon_at) FILTER (WHERE s.received_at IS NULL) AS open_soon_at,
            max(s.due) AS last_due,
            bool_or(least(s.received_at, s.settled_at) >= s.due) AS is_late
        FROM deadline_state AS s
        WHERE s.task = t.id
    ) AS x;
END;
