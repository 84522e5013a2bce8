-- The full schema of the intake: what its migrations come to.

-- Files by what they hold. A row is never changed, and the database itself checks that its name is its content's.
CREATE TABLE file (
    sha256 bytea PRIMARY KEY,
    name text NOT NULL,
    media_type text NOT NULL,
    size integer NOT NULL,
    content bytea STORAGE EXTERNAL NOT NULL,
    stored_at timestamptz NOT NULL,
    stored_by text NOT NULL,
    CONSTRAINT file_is_named_by_content CHECK (sha256 = sha256(content)),
    CONSTRAINT file_has_its_size CHECK (size = length(content))
);

-- A letter that is being read: its text, what people have answered so far (JSON by what is answered), and what was published of it:
-- `facts` are the events as they are sent, each with its receipt once it is; `round` counts how often they were put together.
-- `unit` is that of the issuer's office which took the letter in, null for those who see all.
CREATE TABLE draft (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    sha256 bytea NOT NULL REFERENCES file,
    name text NOT NULL,
    media_type text NOT NULL,
    text text NOT NULL,
    answers jsonb NOT NULL DEFAULT '{}',
    version integer NOT NULL DEFAULT 1,
    state text NOT NULL DEFAULT 'open' CHECK (state IN ('open', 'published', 'discarded')),
    round integer NOT NULL DEFAULT 1,
    facts jsonb NOT NULL DEFAULT '[]',
    unit uuid,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    changed_by text NOT NULL
);
CREATE UNIQUE INDEX draft_of_file ON draft (sha256) WHERE state <> 'discarded';
CREATE INDEX draft_newest ON draft (changed_at DESC, id DESC);

-- Files, by what they hold, that nobody may open nor bring again, whether they are still here or not.
CREATE TABLE locked (
    sha256 bytea PRIMARY KEY,
    locked_at timestamptz NOT NULL,
    locked_by text NOT NULL
);

-- Refuse to change a stored file: what a fact names by its hash stays what it was.
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'a stored file is never changed' USING ERRCODE = 'insufficient_privilege';
END;
$$;
CREATE TRIGGER file_stays BEFORE UPDATE ON file FOR EACH ROW EXECUTE FUNCTION refuse_change();
