-- The read model: what operators query. Each table is fed by one topic; what joins topics is a view.

-- Fed by directives.events.v1.

-- Units of the administration; `search` holds folded words (without diacritics), here and below.
CREATE TABLE unit (
    id uuid PRIMARY KEY,
    code text NOT NULL,
    name text NOT NULL,
    short_name text,
    parent uuid,
    valid_from date,
    registered_at timestamptz NOT NULL,
    search tsvector NOT NULL
);
CREATE INDEX unit_code ON unit (code);

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
    signer jsonb,
    urgency text NOT NULL,
    file jsonb,
    received_at timestamptz NOT NULL,
    registered_at timestamptz NOT NULL,
    search tsvector NOT NULL
);
CREATE INDEX directive_registered ON directive (registered_at DESC, id DESC);
CREATE INDEX directive_issuer ON directive (issuer);
CREATE INDEX directive_search ON directive USING gin (search);

-- A task, with the state that its facts have come to: the first receipt of each milestone, and the work axis of its status.
CREATE TABLE task (
    id uuid PRIMARY KEY,
    directive uuid NOT NULL,
    number text NOT NULL,
    content text NOT NULL,
    lead uuid NOT NULL,
    coordinating uuid[] NOT NULL,
    deliverable text NOT NULL,
    clauses jsonb NOT NULL,
    assigned_at timestamptz NOT NULL,
    registered_at timestamptz NOT NULL,
    version bigint NOT NULL,
    search tsvector NOT NULL,
    work text NOT NULL,
    done_at timestamptz,
    plan_draft_at timestamptz,
    plan_final_at timestamptz,
    conference_scheduled_at timestamptz,
    conference_held_at timestamptz,
    report_at timestamptz
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
    version bigint NOT NULL
);
CREATE INDEX plan_task ON plan (task);

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
    held_at timestamptz,
    held_received_at timestamptz,
    reported_by uuid,
    attendance integer,
    minutes jsonb
);
CREATE INDEX conference_start ON conference (starts_at, id);

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

-- The timeline: every registered fact of a key (a directive or a unit), from which any past state is folded again; `value` is the
-- published event, byte for byte, which `hash` belongs to.
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
    PRIMARY KEY (key, version)
);

-- Fed by deadlines.events.v1.

CREATE TABLE task_deadline (
    id uuid PRIMARY KEY,
    task uuid NOT NULL,
    directive uuid NOT NULL,
    name text NOT NULL,
    met_by text NOT NULL,
    plan_stage text,
    kind text NOT NULL,
    due timestamptz,
    recurrence text,
    proof jsonb NOT NULL,
    soon_at timestamptz,
    missed_at timestamptz,
    met_at timestamptz,
    is_on_time boolean,
    met_fact text
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

-- When the event that meets each deadline was first received; the same rule as `met_at` in the domain's status module.
CREATE VIEW deadline_state AS
SELECT
    d.id,
    d.task,
    d.due,
    d.soon_at,
    CASE d.met_by
        WHEN 'plan-submitted' THEN CASE
            WHEN d.plan_stage = 'final' THEN t.plan_final_at
            ELSE least(t.plan_draft_at, t.plan_final_at)
        END
        WHEN 'conference-scheduled' THEN t.conference_scheduled_at
        WHEN 'conference-held' THEN t.conference_held_at
        WHEN 'report-submitted' THEN t.report_at
    END AS received_at,
    t.done_at
FROM task_deadline AS d
JOIN task AS t ON t.id = d.task
WHERE d.due IS NOT NULL;

-- Every task with its time axis at an instant and the deadline that counts; the same rule as `status_of` in the domain's status module.
CREATE FUNCTION task_status(instant timestamptz) RETURNS TABLE (task uuid, due timestamptz, "time" text)
LANGUAGE sql STABLE
BEGIN ATOMIC
    SELECT
        t.id,
        CASE WHEN t.work = 'done' THEN x.last_due ELSE x.open_due END,
        CASE
            WHEN x.task IS NULL THEN 'no_deadline'
            WHEN t.work = 'done' THEN CASE WHEN x.is_late THEN 'late' ELSE 'on_time' END
            WHEN x.open_due <= instant THEN 'overdue'
            WHEN x.open_soon_at <= instant THEN 'due_soon'
            ELSE 'in_time'
        END
    FROM task AS t
    LEFT JOIN (
        SELECT
            s.task,
            min(s.due) FILTER (WHERE s.received_at IS NULL) AS open_due,
            min(s.soon_at) FILTER (WHERE s.received_at IS NULL) AS open_soon_at,
            max(s.due) AS last_due,
            bool_or(least(s.received_at, s.done_at) >= s.due) AS is_late
        FROM deadline_state AS s
        GROUP BY s.task
    ) AS x ON x.task = t.id;
END;
