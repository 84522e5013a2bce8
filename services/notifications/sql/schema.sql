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

-- Notices (notifications.events.v1); `position` is the one that the journal gave to the event of the notice, `invitation` the JSON of an
-- Invitation.
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
    escalates uuid,
    invitation jsonb,
    UNIQUE (partition, position)
);
CREATE INDEX notice_newest ON notice (recipient, issued_at DESC, notice DESC);
CREATE INDEX notice_stream ON notice (recipient, partition, position);
CREATE INDEX notice_about ON notice (about);
CREATE INDEX notice_directive ON notice (directive, position);
CREATE INDEX notice_task ON notice (task, position) WHERE task IS NOT NULL;

-- Acknowledgements (notifications.events.v1), the first one of each notice.
CREATE TABLE acknowledgement (
    notice uuid PRIMARY KEY,
    partition integer NOT NULL,
    position bigint NOT NULL,
    acknowledged_by text NOT NULL,
    acknowledged_at timestamptz NOT NULL,
    UNIQUE (partition, position)
);

-- How a unit is reached: service data of this installation, never part of the log. Every change is in the audit log. An endpoint that is gone,
-- or has failed for days, is sent nothing any more until somebody enables it.
CREATE TABLE contact (
    id uuid PRIMARY KEY,
    unit uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('mail', 'telephone', 'webhook')),
    value text NOT NULL,
    label text,
    changed_at timestamptz NOT NULL,
    failing_since timestamptz,
    disabled_at timestamptz,
    disabled_why text,
    UNIQUE (unit, kind, value)
);

-- What webhooks are signed with, encrypted; one that was rotated counts until it expires. A webhook without a secret is sent nothing.
CREATE TABLE webhook_secret (
    contact uuid NOT NULL REFERENCES contact (id) ON DELETE CASCADE,
    made_at timestamptz NOT NULL,
    secret bytea NOT NULL,
    expires_at timestamptz,
    PRIMARY KEY (contact, made_at)
);

-- One for each notice and contact: what is still to be sent, by real time. `position` is that of the notice's event: nothing is sent before
-- Kafka has it. Those of one lane go to the same server, which holds up nobody else. Whoever tries one holds its lease meanwhile.
CREATE TABLE delivery (
    delivery uuid PRIMARY KEY,
    notice uuid NOT NULL,
    partition integer NOT NULL,
    position bigint NOT NULL,
    contact uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('mail', 'webhook')),
    lane text NOT NULL,
    state text NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'delivered', 'failed', 'unknown', 'withdrawn')),
    attempts integer NOT NULL DEFAULT 0,
    next_at timestamptz NOT NULL DEFAULT now(),
    leased_until timestamptz,
    finished_at timestamptz,
    made_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (notice, contact)
);
CREATE INDEX delivery_newest ON delivery (made_at DESC, delivery DESC);
CREATE INDEX delivery_due ON delivery (lane, next_at) WHERE state = 'pending';
CREATE INDEX delivery_contact ON delivery (contact) WHERE state = 'pending';

-- Attempts, each written before it begins: one that never ended may have reached its recipient. `withdrawn`: nothing was sent, since the
-- contact had been removed or disabled meanwhile.
CREATE TABLE attempt (
    delivery uuid NOT NULL REFERENCES delivery ON DELETE CASCADE,
    number integer NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    outcome text NOT NULL DEFAULT 'unknown' CHECK (outcome IN ('delivered', 'refused', 'withdrawn', 'deferred', 'unknown')),
    code text,
    detail text,
    PRIMARY KEY (delivery, number)
);

-- What came of a notice (notifications.events.v1: notice-delivered and notice-failed), once for each.
CREATE TABLE ending (
    notice uuid PRIMARY KEY,
    partition integer NOT NULL,
    position bigint NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('delivered', 'failed', 'unknown')),
    attempts integer NOT NULL,
    detail text,
    ended_at timestamptz NOT NULL,
    UNIQUE (partition, position)
);

-- Deadlines that were missed (deadlines.events.v1) and whom else that was told (notifications.events.v1: notice-escalated): MessagePack of the
-- domain's Case. `fire_at` is when the next level is told, none where nothing is to come.
CREATE TABLE escalation (
    deadline uuid PRIMARY KEY,
    partition integer NOT NULL,
    directive uuid NOT NULL,
    state bytea NOT NULL,
    fire_at timestamptz
);
CREATE INDEX escalation_timer ON escalation (partition, fire_at) WHERE fire_at IS NOT NULL;

-- How far Kafka has our events: nothing above these marks is shown to anybody.
CREATE VIEW sent AS
SELECT partition, sent_position FROM relay WHERE topic = 'notifications.events.v1';

-- Notices as an inbox shows them: those of its own channel that are in Kafka, the acknowledgement likewise.
CREATE VIEW inbox AS
SELECT
    n.notice, n.partition, n.position, n.recipient, n.rule, n.channel, n.directive, n.task, n.about, n.title, n.body, n.corrects,
    n.issued_at, a.acknowledged_by, a.acknowledged_at, n.escalates, n.invitation
FROM notice AS n
JOIN sent AS s ON s.partition = n.partition AND n.position <= s.sent_position
LEFT JOIN acknowledgement AS a ON a.notice = n.notice AND a.position <= s.sent_position
WHERE n.channel = 'inbox';
