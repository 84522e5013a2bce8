-- The full schema of notifications (its own tables; those of the journal and the checkpoints come first).

-- Units by id, as registered (directives.events.v1, all partitions).
CREATE TABLE unit (
    unit uuid PRIMARY KEY,
    code text NOT NULL,
    name text NOT NULL,
    short_name text
);
CREATE INDEX unit_code ON unit (code);

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

-- Conferences as registered (directives.events.v1), judged again when a task of theirs becomes known.
CREATE TABLE conference (
    partition integer NOT NULL,
    kafka_offset bigint NOT NULL,
    directive uuid NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (partition, kafka_offset)
);
CREATE INDEX conference_directive ON conference (directive);

-- Deadlines missed, met and at risk (deadlines.events.v1), judged again when the issuer of their directive becomes known.
CREATE TABLE outcome (
    partition integer NOT NULL,
    kafka_offset bigint NOT NULL,
    directive uuid NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (partition, kafka_offset)
);
CREATE INDEX outcome_directive ON outcome (directive);

-- Notices (notifications.events.v1); `position` is the one that the journal gave to the event of the notice.
CREATE TABLE notice (
    notice uuid PRIMARY KEY,
    partition integer NOT NULL,
    position bigint NOT NULL,
    recipient uuid NOT NULL,
    rule text NOT NULL,
    channel text NOT NULL,
    directive uuid NOT NULL,
    task uuid,
    about text NOT NULL,
    title text NOT NULL,
    body text NOT NULL,
    corrects uuid,
    issued_at timestamptz NOT NULL,
    UNIQUE (partition, position)
);
CREATE INDEX notice_newest ON notice (recipient, issued_at DESC, notice DESC);
CREATE INDEX notice_stream ON notice (recipient, partition, position);
CREATE INDEX notice_about ON notice (about);

-- Acknowledgements (notifications.events.v1), the first one of each notice.
CREATE TABLE acknowledgement (
    notice uuid PRIMARY KEY,
    partition integer NOT NULL,
    position bigint NOT NULL,
    acknowledged_by text NOT NULL,
    acknowledged_at timestamptz NOT NULL,
    UNIQUE (partition, position)
);

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

-- How far Kafka has our events: nothing above these marks is shown to anybody.
CREATE VIEW sent AS
SELECT partition, sent_position FROM relay WHERE topic = 'notifications.events.v1';

-- Notices as an inbox shows them: only what is in Kafka, the acknowledgement likewise.
CREATE VIEW inbox AS
SELECT
    n.notice, n.partition, n.position, n.recipient, n.rule, n.channel, n.directive, n.task, n.about, n.title, n.body, n.corrects,
    n.issued_at, a.acknowledged_by, a.acknowledged_at
FROM notice AS n
JOIN sent AS s ON s.partition = n.partition AND n.position <= s.sent_position
LEFT JOIN acknowledgement AS a ON a.notice = n.notice AND a.position <= s.sent_position;
