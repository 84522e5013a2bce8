-- The tables of the deadlines service; `deadline` and `progress` are fed by deadlines.events.v1, the others by directives.events.v1.

-- When a directive was issued, which terms that count from its day need.
CREATE TABLE directive (
    directive_id uuid PRIMARY KEY,
    issued_on date
);

-- Which tasks a conference serves; "held" names the conference only.
CREATE TABLE conference (
    conference_id uuid PRIMARY KEY,
    tasks uuid[] NOT NULL
);

-- Units by id; a code may pass from one unit to another.
CREATE TABLE unit (
    unit_id uuid PRIMARY KEY,
    code text NOT NULL,
    name text NOT NULL
);
CREATE INDEX unit_code ON unit (code);

-- The terms of each deadline: written once, when it is set.
CREATE TABLE deadline (
    deadline_id uuid PRIMARY KEY,
    task uuid NOT NULL,
    directive uuid NOT NULL,
    task_number text NOT NULL,
    content text NOT NULL,
    lead uuid NOT NULL,
    coordinating uuid[] NOT NULL,
    name text NOT NULL,
    met_by text NOT NULL,
    plan_stage text,
    due timestamptz,
    kind text NOT NULL,
    recurrence text,
    proof jsonb NOT NULL,
    set_at timestamptz NOT NULL
);
CREATE INDEX deadline_task ON deadline (task);
CREATE INDEX deadline_directive ON deadline (directive);
CREATE INDEX deadline_lead ON deadline (lead);
CREATE INDEX deadline_coordinating ON deadline USING gin (coordinating);
CREATE INDEX deadline_order ON deadline (coalesce(due, 'infinity'), deadline_id);

-- What became of each deadline, and its timer: `next_stage` fires at `fire_at`, nothing where that is null. It changes with every
-- event, so it is narrow and has few indexes. `approached` is the number of working days that were left at the last reminder;
-- `history` lists what was said, each event with its cause.
CREATE TABLE progress (
    deadline_id uuid PRIMARY KEY,
    partition integer NOT NULL,
    approached integer,
    missed_event text,
    met_event text,
    met_at timestamptz,
    on_time boolean,
    met_fact text,
    corrects text,
    next_stage text,
    fire_at timestamptz,
    status text NOT NULL GENERATED ALWAYS AS (
        CASE
            WHEN met_event IS NOT NULL THEN 'met'
            WHEN missed_event IS NOT NULL THEN 'missed'
            WHEN approached IS NOT NULL THEN 'approaching'
            ELSE 'open'
        END
    ) STORED,
    history jsonb NOT NULL
) WITH (fillfactor = 70);
CREATE INDEX progress_timer ON progress (partition, fire_at) WHERE fire_at IS NOT NULL;
