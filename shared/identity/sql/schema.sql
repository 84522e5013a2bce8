-- The full schema of identity: what its migrations come to.

-- People: accounts, sessions, guesses that are throttled, sign-ins under way at a provider of identities, and the audit log.

-- Who may sign in. `folded` is the name as it is compared: NFC, case-folded. `unit` is the id of the unit that a person of role unit or
-- issuer_office belongs to. Either a password or a subject of a provider (OpenID Connect) proves who it is.
CREATE TABLE account (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name text NOT NULL,
    folded text NOT NULL UNIQUE,
    full_name text NOT NULL,
    role text NOT NULL CHECK (role IN ('operator', 'issuer_office', 'unit', 'auditor', 'administrator')),
    unit uuid,
    password_hash text,
    must_change boolean NOT NULL DEFAULT false,
    issuer text,
    subject text,
    made_at timestamptz NOT NULL,
    made_by text NOT NULL,
    changed_at timestamptz NOT NULL,
    signed_in_at timestamptz,
    locked_at timestamptz,
    CHECK ((role IN ('issuer_office', 'unit')) = (unit IS NOT NULL)),
    CHECK ((issuer IS NULL) = (subject IS NULL)),
    UNIQUE (issuer, subject)
);

-- Who is signed in; of the token only its SHA-256 is kept.
CREATE TABLE session (
    token_hash bytea PRIMARY KEY,
    account uuid NOT NULL REFERENCES account ON DELETE CASCADE,
    proof text NOT NULL CHECK (proof IN ('password', 'provider')),
    began_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    address text NOT NULL,
    browser text NOT NULL
);
CREATE INDEX session_account ON session (account);

-- Guesses of passwords, by account and by address; a name that was typed is kept as its SHA-256, since it may be a password.
CREATE TABLE guess (
    kind text NOT NULL CHECK (kind IN ('account', 'address')),
    about bytea NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX guess_about ON guess (kind, about, at);
CREATE INDEX guess_at ON guess (at);

-- Sign-ins that wait for a provider's answer, by the SHA-256 of their state.
CREATE TABLE pending_sign_in (
    state_hash bytea PRIMARY KEY,
    nonce text NOT NULL,
    verifier text NOT NULL,
    next text NOT NULL,
    began_at timestamptz NOT NULL
);

-- The audit log: who did what to what, from where; rows are only ever added.
CREATE TABLE audit (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    actor text NOT NULL,
    action text NOT NULL,
    object text NOT NULL,
    address text,
    detail jsonb NOT NULL
);
CREATE INDEX audit_actor ON audit (actor, id);
CREATE INDEX audit_action ON audit (action, id);
CREATE INDEX audit_object ON audit (object, id);
CREATE INDEX audit_at ON audit (at);
-- From where people have signed in: strangers' guesses must not keep them out there.
CREATE INDEX audit_signed_in ON audit (actor, address, at) WHERE action = 'signed-in';

-- Refuse to change what the audit log says.
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql
AS $$
BEGIN
    RAISE EXCEPTION 'the audit log is only ever added to' USING ERRCODE = 'insufficient_privilege';
END;
$$;
CREATE TRIGGER audit_row_stays BEFORE UPDATE OR DELETE ON audit FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_stays BEFORE TRUNCATE ON audit FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

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
