-- The full schema of the directives service: what its migrations come to.

-- Fed by directives.events.v1.

-- Units of the administration; `search` holds folded words (without diacritics) of the code and of every name, here and below.
CREATE TABLE unit (
    id uuid PRIMARY KEY,
    code text NOT NULL,
    parent uuid,
    valid_from date,
    registered_at timestamptz NOT NULL,
    search tsvector NOT NULL
);
CREATE INDEX unit_code ON unit (code, id);
CREATE INDEX unit_parent ON unit (parent);
CREATE INDEX unit_search ON unit USING gin (search);

-- What units are called from a day on; version 1 is the first name, which also holds before its day.
CREATE TABLE unit_name (
    unit uuid NOT NULL,
    version bigint NOT NULL,
    name text NOT NULL,
    short_name text,
    valid_from date,
    document text,
    registered_at timestamptz NOT NULL,
    PRIMARY KEY (unit, version)
);

-- Which units took a unit's place, from which day on.
CREATE TABLE unit_successor (
    unit uuid NOT NULL,
    version bigint NOT NULL,
    successor uuid NOT NULL,
    valid_from date NOT NULL,
    document text,
    registered_at timestamptz NOT NULL,
    PRIMARY KEY (unit, version, successor)
);
CREATE INDEX unit_successor_successor ON unit_successor (successor);

-- A directive as its amendments and corrections have made it; `bases` are the directives that it carries out.
CREATE TABLE directive (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    issuer uuid NOT NULL,
    subject text NOT NULL,
    document_type text NOT NULL,
    number integer,
    symbol text NOT NULL,
    issued_on date,
    place text,
    addressees uuid[] NOT NULL,
    based_on jsonb NOT NULL,
    bases uuid[] NOT NULL,
    signer jsonb,
    urgency text NOT NULL,
    file jsonb,
    received_at timestamptz NOT NULL,
    registered_at timestamptz NOT NULL,
    version bigint NOT NULL,
    standing text NOT NULL,
    changed_at timestamptz,
    ended_at timestamptz,
    end_reason text,
    replaced_by uuid,
    search tsvector NOT NULL
);
CREATE INDEX directive_registered ON directive (registered_at DESC, id DESC);
CREATE INDEX directive_issuer ON directive (issuer);
CREATE INDEX directive_search ON directive USING gin (search);
CREATE INDEX directive_bases ON directive USING gin (bases) WHERE bases <> '{}';
CREATE INDEX directive_replaced_by ON directive (replaced_by) WHERE replaced_by IS NOT NULL;
CREATE INDEX directive_file ON directive ((file ->> 'sha256')) WHERE file IS NOT NULL;

-- A task: `state` is what its facts have come to (JSON of the domain's TaskState), the columns after it what is asked of that: the work
-- axis, when the work was handed in, since when a suspended task's clock stands still, and the first receipt of each milestone.
CREATE TABLE task (
    id uuid PRIMARY KEY,
    directive uuid NOT NULL,
    number text NOT NULL,
    content text NOT NULL,
    lead uuid NOT NULL,
    coordinating uuid[] NOT NULL,
    deliverable text NOT NULL,
    assigned_at timestamptz NOT NULL,
    registered_at timestamptz NOT NULL,
    version bigint NOT NULL,
    search tsvector NOT NULL,
    state json NOT NULL,
    work text NOT NULL,
    done_at timestamptz,
    settled_at timestamptz,
    still_since timestamptz,
    plan_draft_at timestamptz,
    plan_final_at timestamptz,
    conference_scheduled_at timestamptz,
    conference_held_at timestamptz,
    report_at timestamptz,
    completed_at timestamptz
);
CREATE INDEX task_directive ON task (directive);
CREATE INDEX task_lead ON task (lead);
CREATE INDEX task_search ON task USING gin (search);

CREATE TABLE plan (
    id uuid PRIMARY KEY,
    directive uuid NOT NULL,
    task uuid NOT NULL,
    submitted_by uuid NOT NULL,
    stage text NOT NULL,
    title text NOT NULL,
    file jsonb,
    received_at timestamptz NOT NULL,
    registered_at timestamptz NOT NULL,
    version bigint NOT NULL,
    standing text NOT NULL,
    judged_at timestamptz,
    remarks text,
    faults jsonb NOT NULL
);
CREATE INDEX plan_task ON plan (task);
CREATE INDEX plan_directive ON plan (directive);
CREATE INDEX plan_file ON plan ((file ->> 'sha256')) WHERE file IS NOT NULL;

CREATE TABLE plan_item (
    plan uuid NOT NULL,
    ordinal integer NOT NULL,
    area text NOT NULL,
    criterion text,
    component text,
    shortcoming text,
    cause text,
    solution text,
    "time" text,
    responsible_head text,
    PRIMARY KEY (plan, ordinal)
);

-- A conference as it stands now; `first_starts_at` is when it was to begin at first.
CREATE TABLE conference (
    id uuid PRIMARY KEY,
    directive uuid NOT NULL,
    title text NOT NULL,
    scheduled_by uuid NOT NULL,
    starts_at timestamptz NOT NULL,
    ends_at timestamptz,
    place text NOT NULL,
    chair text,
    participants uuid[] NOT NULL,
    received_at timestamptz NOT NULL,
    registered_at timestamptz NOT NULL,
    version bigint NOT NULL,
    first_starts_at timestamptz NOT NULL,
    standing text NOT NULL,
    reschedulings integer NOT NULL,
    changed_at timestamptz,
    reason text,
    held_at timestamptz,
    held_received_at timestamptz,
    reported_by uuid,
    attendance integer,
    minutes jsonb
);
CREATE INDEX conference_start ON conference (starts_at, id);
CREATE INDEX conference_directive ON conference (directive);
CREATE INDEX conference_minutes ON conference ((minutes ->> 'sha256')) WHERE minutes IS NOT NULL;

CREATE TABLE conference_task (
    conference uuid NOT NULL,
    task uuid NOT NULL,
    PRIMARY KEY (conference, task)
);
CREATE INDEX conference_task_task ON conference_task (task);

CREATE TABLE report (
    id uuid PRIMARY KEY,
    directive uuid NOT NULL,
    task uuid NOT NULL,
    submitted_by uuid NOT NULL,
    title text NOT NULL,
    period text,
    file jsonb,
    received_at timestamptz NOT NULL,
    registered_at timestamptz NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX report_task ON report (task);
CREATE INDEX report_directive ON report (directive);
CREATE INDEX report_file ON report ((file ->> 'sha256')) WHERE file IS NOT NULL;

-- Requests for more time and what became of them.
CREATE TABLE extension (
    id uuid PRIMARY KEY,
    directive uuid NOT NULL,
    task uuid NOT NULL,
    name text NOT NULL,
    requested_by uuid NOT NULL,
    requested_day date NOT NULL,
    reasons text NOT NULL,
    received_at timestamptz NOT NULL,
    registered_at timestamptz NOT NULL,
    version bigint NOT NULL,
    standing text NOT NULL,
    decided_at timestamptz,
    last_good_day date,
    remarks text
);
CREATE INDEX extension_task ON extension (task);
CREATE INDEX extension_directive ON extension (directive);

-- The yearly indexes that directives cite.
CREATE TABLE published_index (
    id uuid PRIMARY KEY,
    key text NOT NULL,
    published_by uuid NOT NULL,
    title text NOT NULL,
    year integer NOT NULL,
    criteria_set text NOT NULL,
    document jsonb,
    received_at timestamptz NOT NULL,
    registered_at timestamptz NOT NULL,
    version bigint NOT NULL
);
CREATE INDEX published_index_registered ON published_index (registered_at DESC, id DESC);

CREATE TABLE index_score (
    published_index uuid NOT NULL,
    ordinal integer NOT NULL,
    unit uuid NOT NULL,
    rank integer,
    self_score double precision,
    appraised_score double precision,
    parts jsonb NOT NULL,
    PRIMARY KEY (published_index, ordinal)
);
CREATE INDEX index_score_unit ON index_score (unit);

-- The timeline: every registered fact of a key (a directive, a unit, …), from which any past state is folded again; `value` is the
-- published event, byte for byte, which `hash` belongs to; `voided_by` is the version of the fact that took this one out of count.
CREATE TABLE fact (
    key uuid NOT NULL,
    version bigint NOT NULL,
    type text NOT NULL,
    subject uuid NOT NULL,
    received_at timestamptz NOT NULL,
    registered_at timestamptz NOT NULL,
    cause text NOT NULL,
    hash bytea,
    value bytea NOT NULL,
    voided_by bigint,
    PRIMARY KEY (key, version)
);
CREATE INDEX fact_voided ON fact (subject) WHERE voided_by IS NOT NULL;
CREATE INDEX fact_registered ON fact (registered_at, key, version);

-- Fed by deadlines.events.v1.

-- A deadline as the deadlines service last told it; `original_due` is the first instant that it ever had.
CREATE TABLE task_deadline (
    id uuid PRIMARY KEY,
    task uuid NOT NULL,
    directive uuid NOT NULL,
    name text NOT NULL,
    met_by text NOT NULL,
    plan_stage text,
    kind text NOT NULL,
    due timestamptz,
    original_due timestamptz,
    recurrence text,
    proof jsonb NOT NULL,
    changes integer NOT NULL,
    changed_by text,
    soon_at timestamptz,
    missed_at timestamptz,
    met_at timestamptz,
    is_on_time boolean,
    met_fact text,
    risk text,
    withdrawn_by text,
    series uuid,
    occurrence integer,
    period text
);
CREATE INDEX task_deadline_task ON task_deadline (task);

-- What the deadlines service said, in its order.
CREATE TABLE deadline_event (
    directive uuid NOT NULL,
    "position" bigint NOT NULL,
    id text NOT NULL,
    type text NOT NULL,
    deadline uuid NOT NULL,
    task uuid NOT NULL,
    said_at timestamptz NOT NULL,
    cause text NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (directive, id)
);

-- Views.

-- What units are called on a day; the same rule as `name_on` in the domain's module of units over time.
CREATE FUNCTION unit_called(day date) RETURNS TABLE (id uuid, code text, name text, short_name text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT u.id, u.code, n.name, n.short_name
    FROM unit AS u
    CROSS JOIN LATERAL (
        SELECT x.name, x.short_name
        FROM unit_name AS x
        WHERE x.unit = u.id AND (x.version = 1 OR x.valid_from <= day)
        ORDER BY CASE WHEN x.version = 1 THEN '-infinity'::date ELSE x.valid_from END DESC, x.version DESC
        LIMIT 1
    ) AS n;
END;

-- When the event that meets each deadline was first received; the same rule as `met_of` in the domain's status module. Deadlines that
-- count no more are left out.
CREATE VIEW deadline_state AS
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

-- Every task with its time axis at an instant and the deadline that counts; the same rule as `status_of` in the domain's status module. It
-- goes from each task to its deadlines, so that what is asked of a few tasks touches theirs only.
CREATE FUNCTION task_status(instant timestamptz) RETURNS TABLE (task uuid, due timestamptz, "time" text)
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
