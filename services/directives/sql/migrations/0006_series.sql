-- Occurrences of what comes back are deadlines of their own: each was met when the deadlines service said so.

ALTER TABLE task_deadline
ADD COLUMN series uuid,
ADD COLUMN occurrence integer,
ADD COLUMN period text;

-- When the event that meets each deadline was first received; the same rule as `met_of` in the domain's status module. Deadlines that
-- count no more are left out.
CREATE OR REPLACE VIEW deadline_state AS
SELECT
    d.id,
    d.task,
    d.due,
    d.soon_at,
    CASE WHEN d.series IS NOT NULL THEN d.met_at ELSE CASE d.met_by
        WHEN 'plan-submitted' THEN CASE
            WHEN d.plan_stage = 'final' THEN t.plan_final_at
            ELSE least(t.plan_draft_at, t.plan_final_at)
        END
        WHEN 'conference-scheduled' THEN t.conference_scheduled_at
        WHEN 'conference-held' THEN t.conference_held_at
        WHEN 'report-submitted' THEN t.report_at
        WHEN 'task-completed' THEN t.completed_at
    END END AS received_at,
    t.settled_at
FROM task_deadline AS d
JOIN task AS t ON t.id = d.task
WHERE d.due IS NOT NULL AND (d.withdrawn_by IS NULL OR d.withdrawn_by = 'task-confirmed') AND t.work <> 'cancelled';
