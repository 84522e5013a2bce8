-- Programs: the API keys of publishers, and how much each publisher may send.

-- A key of a publisher; of the key itself only its SHA-256 is kept. `id` is the key's public part, by which people tell keys apart.
CREATE TABLE api_key (
    id text PRIMARY KEY,
    hash bytea NOT NULL UNIQUE,
    publisher text NOT NULL,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    expires_at timestamptz,
    revoked_at timestamptz,
    used_at timestamptz
);
CREATE INDEX api_key_publisher ON api_key (publisher, made_at);

-- How much a publisher may send; null stands for the installation's default.
CREATE TABLE publisher_limit (
    publisher text PRIMARY KEY,
    events_per_second integer CHECK (events_per_second > 0),
    burst integer CHECK (burst > 0),
    events_per_day integer CHECK (events_per_day > 0),
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL
);

-- How many events a publisher has sent on a day (of Vietnam), those that were turned away included.
CREATE TABLE publisher_usage (
    publisher text NOT NULL,
    day date NOT NULL,
    events bigint NOT NULL,
    PRIMARY KEY (publisher, day)
);
