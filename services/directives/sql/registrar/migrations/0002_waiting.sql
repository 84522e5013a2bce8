-- What waits, who may say what, and the history of a key.

-- Facts that wait for another fact of their key, as they lie in the inbox, with what they need and until when they wait.
CREATE TABLE waiting (
    partition integer NOT NULL,
    kafka_offset bigint NOT NULL,
    key uuid NOT NULL,
    subject text NOT NULL,
    publisher text NOT NULL,
    need_kind text NOT NULL,
    need_id text NOT NULL,
    received_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    value bytea NOT NULL,
    PRIMARY KEY (partition, kafka_offset)
);
CREATE INDEX waiting_key ON waiting (key);
CREATE INDEX waiting_expires_at ON waiting (partition, expires_at);
CREATE INDEX waiting_received_at ON waiting (received_at, partition, kafka_offset);
CREATE INDEX waiting_publisher ON waiting (publisher, received_at, partition, kafka_offset);

-- Each publisher's rights: the data of its newest publisher-authorised, and the version that said it.
CREATE TABLE publisher (
    slug text COLLATE "C" PRIMARY KEY,
    key uuid NOT NULL,
    version bigint NOT NULL,
    rights json NOT NULL,
    has_topic boolean NOT NULL
);

-- The history of a key; its equal keys are kept once (deduplication), so that an event adds 6 bytes to it.
CREATE INDEX journal_history ON journal (key) WHERE hash IS NOT NULL;

-- A receipt knows its publisher, and what its fact waits for or has waited for.
ALTER TABLE receipt ADD COLUMN publisher text;
ALTER TABLE receipt ADD COLUMN need_kind text;
ALTER TABLE receipt ADD COLUMN need_id text;
ALTER TABLE receipt ADD COLUMN expires_at timestamptz;
ALTER TABLE receipt ADD COLUMN waiting_position bigint;
ALTER TABLE receipt DROP CONSTRAINT receipt_outcome_check;
ALTER TABLE receipt ADD CONSTRAINT receipt_outcome_check CHECK (outcome IN ('registered', 'refused', 'duplicate', 'waiting'));
ALTER TABLE receipt ADD CONSTRAINT receipt_waits CHECK (outcome <> 'waiting' OR waiting_position IS NOT NULL);
ALTER TABLE receipt ADD CONSTRAINT receipt_need CHECK (num_nulls(need_kind, need_id, expires_at, waiting_position) IN (0, 4));
