-- How far a worker has applied each topic and partition, and what it could not apply.

-- `topic_id` is Kafka's id of the topic, so that a topic deleted and made again is not mistaken for the old one;
-- `last_position` is the last outgoing position of the topic's sender that was applied (0 where the topic has none).
CREATE TABLE checkpoint (
    topic text NOT NULL,
    partition integer NOT NULL,
    topic_id uuid NOT NULL,
    next_offset bigint NOT NULL DEFAULT 0,
    last_position bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, partition)
);

-- Records that could not be applied, and later ones of the same key, in order, until an operator retries or discards them.
CREATE TABLE parked (
    topic text NOT NULL,
    partition integer NOT NULL,
    kafka_offset bigint NOT NULL,
    key bytea NOT NULL,
    value bytea,
    header_names text[] NOT NULL,
    header_values bytea[] NOT NULL,
    reason text NOT NULL,
    is_follower boolean NOT NULL,
    parked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic, partition, kafka_offset)
);
CREATE INDEX parked_key ON parked (partition, key);

-- What an operator did with parked records, and why.
CREATE TABLE parked_decision (
    decided_at timestamptz NOT NULL DEFAULT now(),
    topic text NOT NULL,
    partition integer NOT NULL,
    kafka_offset bigint NOT NULL,
    decision text NOT NULL CHECK (decision IN ('applied', 'discarded')),
    decided_by text NOT NULL,
    why text NOT NULL,
    value bytea,
    PRIMARY KEY (topic, partition, kafka_offset, decided_at)
);
