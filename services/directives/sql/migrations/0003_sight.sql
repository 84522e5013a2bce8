-- Who sees what: a unit's own tasks, directives, conferences and papers.

-- Whose data is seen. A unit sees the tasks that it leads or coordinates; its office, where it issues (`is_issuer`), also those of the
-- directives that it issued.
CREATE FUNCTION task_in_sight(unit uuid, is_issuer boolean) RETURNS TABLE (task uuid, directive uuid)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT t.id, t.directive
    FROM task AS t
    WHERE t.lead = unit OR unit = ANY(t.coordinating) OR (is_issuer AND t.directive IN (SELECT d.id FROM directive AS d WHERE d.issuer = unit));
END;

-- Directives that are addressed to a unit or have a task in its sight; those that it issued, too.
CREATE FUNCTION directive_in_sight(unit uuid, is_issuer boolean) RETURNS TABLE (directive uuid)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT d.id FROM directive AS d WHERE unit = ANY(d.addressees) OR (is_issuer AND d.issuer = unit)
    UNION
    SELECT s.directive FROM task_in_sight(unit, is_issuer) AS s;
END;

-- Conferences that a unit schedules or takes part in, and those that serve a task in its sight.
CREATE FUNCTION conference_in_sight(unit uuid, is_issuer boolean) RETURNS TABLE (conference uuid)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT c.id FROM conference AS c WHERE c.scheduled_by = unit OR unit = ANY(c.participants)
    UNION
    SELECT x.conference FROM conference_task AS x JOIN task_in_sight(unit, is_issuer) AS s ON s.task = x.task;
END;

-- What facts are about that a unit sees: tasks in its sight, what was handed in for them or by the unit itself, conferences.
CREATE FUNCTION subject_in_sight(unit uuid, is_issuer boolean) RETURNS TABLE (subject uuid)
LANGUAGE sql STABLE
BEGIN ATOMIC
    WITH seen AS (SELECT s.task FROM task_in_sight(unit, is_issuer) AS s)
    SELECT seen.task FROM seen
    UNION ALL
    SELECT p.id FROM plan AS p WHERE p.submitted_by = unit OR p.task IN (SELECT seen.task FROM seen)
    UNION ALL
    SELECT r.id FROM report AS r WHERE r.submitted_by = unit OR r.task IN (SELECT seen.task FROM seen)
    UNION ALL
    SELECT e.id FROM extension AS e WHERE e.requested_by = unit OR e.task IN (SELECT seen.task FROM seen)
    UNION ALL
    SELECT c.conference FROM conference_in_sight(unit, is_issuer) AS c;
END;
