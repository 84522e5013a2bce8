-- The whole catalogue of facts: a dossier for each directive in place of single columns, deadlines that change, calendars that are amended.
-- The tables that the dossiers take the place of are fed by directives.events.v1: this schema's facts are to be read again from its start.

DROP TABLE directive;
DROP TABLE conference;

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

-- A deadline may change: `original_due` is the first instant that it ever had, `moved_at` since when it falls on the present one.
ALTER TABLE deadline
ADD COLUMN original_due timestamptz,
ADD COLUMN moved_at timestamptz,
ADD COLUMN changes integer NOT NULL DEFAULT 0;
UPDATE deadline SET original_due = due, moved_at = set_at;
ALTER TABLE deadline ALTER COLUMN moved_at SET NOT NULL;
ALTER TABLE deadline ALTER COLUMN changes DROP DEFAULT;

-- A deadline may be at risk, and may count no more.
ALTER TABLE progress
ADD COLUMN risk text,
ADD COLUMN risk_planned_at timestamptz,
ADD COLUMN withdrawn text;
ALTER TABLE progress ALTER COLUMN status SET EXPRESSION AS (
    CASE
        WHEN withdrawn IS NOT NULL THEN 'withdrawn'
        WHEN met_event IS NOT NULL THEN 'met'
        WHEN missed_event IS NOT NULL THEN 'missed'
        WHEN approached IS NOT NULL THEN 'approaching'
        ELSE 'open'
    END
);
