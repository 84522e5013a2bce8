-- What the registrar decides from and what it decided; all of it can be folded again from its output topics and the inbox.

-- The newest version of each directive and unit: its place in the hash chain, and what is needed to judge the next fact; where that is null,
-- it is folded anew from the journal.
CREATE TABLE stream (
    key uuid PRIMARY KEY,
    partition integer NOT NULL,
    version bigint NOT NULL CHECK (version > 0),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    state json
) WITH (fillfactor = 70);

-- Every fact that was judged, in all partitions: SHA-256 of its source and id, the digest of what it said, and its place in the inbox.
CREATE TABLE fact (
    identity bytea PRIMARY KEY CHECK (length(identity) = 32),
    digest bytea NOT NULL CHECK (length(digest) = 32),
    partition integer NOT NULL,
    kafka_offset bigint NOT NULL
);

-- Names that belong to one key only, in all partitions: codes of units, numbers of documents, ids of tasks, plans, conferences, reports.
CREATE TABLE claim (
    kind text COLLATE "C" NOT NULL,
    name text COLLATE "C" NOT NULL,
    owner uuid NOT NULL,
    PRIMARY KEY (kind, name)
);

-- The registered units, which facts of any partition may name.
CREATE TABLE unit (
    id uuid PRIMARY KEY,
    code text NOT NULL
);

-- What became of each record of the inbox; `position` is that of its event in directives.events.v1 or directives.verdicts.v1. The row of
-- a fact that waits changes once it is judged; what it waited for stays.
CREATE TABLE receipt (
    partition integer NOT NULL,
    kafka_offset bigint NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('registered', 'refused', 'duplicate', 'waiting')),
    position bigint,
    version bigint,
    refusal json,
    original_partition integer,
    original_offset bigint,
    publisher text,
    need_kind text,
    need_id text,
    expires_at timestamptz,
    waiting_position bigint,
    refused_at timestamptz,
    PRIMARY KEY (partition, kafka_offset),
    CHECK ((outcome = 'duplicate') = (original_offset IS NOT NULL AND original_partition IS NOT NULL)),
    CHECK ((outcome = 'duplicate') = (position IS NULL)),
    CHECK ((outcome = 'registered') = (version IS NOT NULL)),
    CHECK ((outcome = 'refused') = (refusal IS NOT NULL)),
    CONSTRAINT receipt_waits CHECK (outcome <> 'waiting' OR waiting_position IS NOT NULL),
    CONSTRAINT receipt_need CHECK (num_nulls(need_kind, need_id, expires_at, waiting_position) IN (0, 4)),
    CONSTRAINT receipt_refused CHECK ((outcome = 'refused') = (refused_at IS NOT NULL))
);
CREATE INDEX receipt_refused_at ON receipt (refused_at, partition, kafka_offset) WHERE refused_at IS NOT NULL;

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
