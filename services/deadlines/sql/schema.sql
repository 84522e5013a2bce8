-- The tables of the deadlines service; `deadline` and `progress` are fed by deadlines.events.v1, the others by directives.events.v1.

-- What the facts of a directive have come to, as far as deadlines are concerned (MessagePack of the domain's Dossier).
CREATE TABLE dossier (
    directive_id uuid PRIMARY KEY,
    state bytea NOT NULL
);

-- The facts that dossiers are made of, as registered: a dossier is folded anew when one of them is voided.
CREATE TABLE fact (
    directive_id uuid NOT NULL,
    version integer NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (directive_id, version)
);

-- The days of a year as registered (calendar-amended), each version of them; one that was voided counts no more.
CREATE TABLE calendar (
    calendar_id uuid NOT NULL,
    version integer NOT NULL,
    fact text NOT NULL,
    registered_at timestamptz NOT NULL,
    content bytea NOT NULL,
    voided_by text,
    PRIMARY KEY (calendar_id, version)
);

-- How far each partition has worked through its open deadlines since the calendar was amended; `token` names a set of calendar facts.
CREATE TABLE calendar_progress (
    partition integer PRIMARY KEY,
    token text NOT NULL,
    reached uuid,
    is_done boolean NOT NULL
);

-- Who issued a directive: the issuer's office sees the deadlines in it.
CREATE TABLE issued (
    directive_id uuid PRIMARY KEY,
    issuer uuid NOT NULL
);
CREATE INDEX issued_issuer ON issued (issuer);

-- Units by id; a code may pass from one unit to another.
CREATE TABLE unit (
    unit_id uuid PRIMARY KEY,
    code text NOT NULL,
    name text NOT NULL
);
CREATE INDEX unit_code ON unit (code);

-- The terms of each deadline, as they are since it was set or last changed: `original_due` is the first instant that it ever had,
-- `moved_at` since when it falls on the present one, `changes` how often it was changed. Of a duty that comes back each occurrence is one:
-- `series` is the first one's id.
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
    set_at timestamptz NOT NULL,
    original_due timestamptz,
    moved_at timestamptz NOT NULL,
    changes integer NOT NULL,
    series uuid,
    occurrence integer,
    period text
);
CREATE INDEX deadline_task ON deadline (task);
CREATE INDEX deadline_directive ON deadline (directive);
CREATE INDEX deadline_lead ON deadline (lead);
CREATE INDEX deadline_coordinating ON deadline USING gin (coordinating);
CREATE INDEX deadline_order ON deadline (coalesce(due, 'infinity'), deadline_id);

-- What became of each deadline, and its timer: `next_stage` fires at `fire_at`, nothing where that is null. It changes with every
-- event, so it is narrow and has few indexes. `approached` is the number of working days that were left at the last reminder;
-- `history` lists what was said, each event with its cause; `risk` says why the deadline will not be kept, `withdrawn` why it counts no more.
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
            WHEN withdrawn IS NOT NULL THEN 'withdrawn'
            WHEN met_event IS NOT NULL THEN 'met'
            WHEN missed_event IS NOT NULL THEN 'missed'
            WHEN approached IS NOT NULL THEN 'approaching'
            ELSE 'open'
        END
    ) STORED,
    history jsonb NOT NULL,
    risk text,
    risk_planned_at timestamptz,
    withdrawn text
) WITH (fillfactor = 70);
CREATE INDEX progress_timer ON progress (partition, fire_at) WHERE fire_at IS NOT NULL;

-- Where the facts of a partition end that were taken before an upgrade: they are only learned when they are read again.
CREATE TABLE learned (
    partition integer PRIMARY KEY,
    next_offset bigint NOT NULL
);

-- When each series is looked at for its next occurrence: at the end of the one before, never where none follows as things are. Whether one
-- is set then follows from the dossier, so a look too many says nothing.
CREATE TABLE series (
    series_id uuid PRIMARY KEY,
    partition integer NOT NULL,
    directive_id uuid NOT NULL,
    look_at timestamptz
);
CREATE INDEX series_timer ON series (partition, look_at) WHERE look_at IS NOT NULL;
