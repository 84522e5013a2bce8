-- Locked files: what turned out to be a state secret after it was published is handed over to nobody.

-- Files, by what they hold, that nobody may open nor bring again, whether they are still here or not.
CREATE TABLE locked (
    sha256 bytea PRIMARY KEY,
    locked_at timestamptz NOT NULL,
    locked_by text NOT NULL
);
