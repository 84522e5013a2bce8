-- The whole catalogue of facts: a roll for each directive in place of single columns, and contacts of units.
-- The tables that the rolls take the place of are fed by directives.events.v1: this schema's facts are to be read again from its start.

DROP TABLE directive;
DROP TABLE task;

-- Who is concerned with a directive and its tasks, plans, conferences and requests (MessagePack of the domain's Roll).
CREATE TABLE roll (
    directive uuid PRIMARY KEY,
    state bytea NOT NULL
);

-- The facts that rolls are made of, as registered: who was told of one that is voided is told of that.
CREATE TABLE fact (
    directive uuid NOT NULL,
    version integer NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (directive, version)
);

-- Any event may be corrected, not only outcomes of deadlines.
DROP INDEX notice_outcome;
CREATE INDEX notice_about ON notice (about);

-- How a unit is reached: service data of this installation, never part of the log. Every change is in the audit log.
CREATE TABLE contact (
    id uuid PRIMARY KEY,
    unit uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('mail', 'telephone', 'webhook')),
    value text NOT NULL,
    label text,
    changed_at timestamptz NOT NULL,
    UNIQUE (unit, kind, value)
);
