-- What the rules know (each table fed by one topic), the notices that were issued, and the inboxes that show them.

-- Units by id, as registered (directives.events.v1, all partitions).
CREATE TABLE unit (
    unit uuid PRIMARY KEY,
    code text NOT NULL,
    name text NOT NULL,
    short_name text
);
CREATE INDEX unit_code ON unit (code);

-- Who issued a directive (directives.events.v1).
CREATE TABLE directive (
    directive uuid PRIMARY KEY,
    issuer uuid NOT NULL
);

-- Who leads a task (directives.events.v1).
CREATE TABLE task (
    task uuid PRIMARY KEY,
    directive uuid NOT NULL,
    lead uuid NOT NULL
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

-- Deadlines missed and met (deadlines.events.v1), judged again when the issuer of their directive becomes known.
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
CREATE INDEX notice_outcome ON notice (about) WHERE rule IN ('deadline-missed', 'deadline-met');

-- Acknowledgements (notifications.events.v1), the first one of each notice.
CREATE TABLE acknowledgement (
    notice uuid PRIMARY KEY,
    partition integer NOT NULL,
    position bigint NOT NULL,
    acknowledged_by text NOT NULL,
    acknowledged_at timestamptz NOT NULL,
    UNIQUE (partition, position)
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
