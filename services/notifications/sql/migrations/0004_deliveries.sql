-- Notices by mail and webhook: what is to be sent to which contact, each attempt at it, and what came of the notice in the end.

-- What a notice escalates, and the conference that it invites to (the JSON of Invitation).
ALTER TABLE notice ADD COLUMN escalates uuid, ADD COLUMN invitation jsonb;
CREATE INDEX notice_directive ON notice (directive, position);
CREATE INDEX notice_task ON notice (task, position) WHERE task IS NOT NULL;

-- An endpoint that is gone, or has failed for days, is sent nothing any more until somebody enables it.
ALTER TABLE contact ADD COLUMN failing_since timestamptz, ADD COLUMN disabled_at timestamptz, ADD COLUMN disabled_why text;

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

-- Attempts, each written before it begins: one that never ended may have reached its recipient.
CREATE TABLE attempt (
    delivery uuid NOT NULL REFERENCES delivery ON DELETE CASCADE,
    number integer NOT NULL,
    started_at timestamptz NOT NULL,
    finished_at timestamptz,
    outcome text NOT NULL DEFAULT 'unknown' CHECK (outcome IN ('delivered', 'refused', 'deferred', 'unknown')),
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

-- An inbox shows the notices of its own channel.
CREATE OR REPLACE VIEW inbox AS
SELECT
    n.notice, n.partition, n.position, n.recipient, n.rule, n.channel, n.directive, n.task, n.about, n.title, n.body, n.corrects,
    n.issued_at, a.acknowledged_by, a.acknowledged_at, n.escalates, n.invitation
FROM notice AS n
JOIN sent AS s ON s.partition = n.partition AND n.position <= s.sent_position
LEFT JOIN acknowledgement AS a ON a.notice = n.notice AND a.position <= s.sent_position
WHERE n.channel = 'inbox';
