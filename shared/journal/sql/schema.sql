-- The journal of a worker: its outgoing events, the positions that they were given, and what the relay has sent.

-- One row a partition number: whoever writes to the partition locks it first. `turn` counts the writers, so that a process
-- knows whether what it remembers is still the newest state.
CREATE TABLE partition (
    partition integer PRIMARY KEY,
    turn bigint NOT NULL DEFAULT 0
);

-- Outgoing events, numbered without gaps in commit order for each topic and partition.
CREATE TABLE journal (
    topic text NOT NULL,
    partition integer NOT NULL,
    position bigint NOT NULL,
    key bytea NOT NULL,
    value bytea NOT NULL,
    cause text NOT NULL,
    previous_hash bytea,
    hash bytea,
    PRIMARY KEY (topic, partition, position)
);

-- The last position that was handed out, and the last one that Kafka has acknowledged.
CREATE TABLE relay (
    topic text NOT NULL,
    partition integer NOT NULL,
    last_position bigint NOT NULL DEFAULT 0,
    sent_position bigint NOT NULL DEFAULT 0,
    PRIMARY KEY (topic, partition),
    CHECK (sent_position <= last_position)
);
