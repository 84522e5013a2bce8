-- name: add_audit
-- Add a line to the audit log; callers of other schemas write it too, so the table is named with its own.
INSERT INTO identity.audit (actor, action, object, address, detail) VALUES ($1, $2, $3, $4, $5::jsonb);

-- name: read_audit
-- Read lines of the audit log, newest first; a filter that is null does not count.
SELECT id, at, actor, action, object, address, detail
FROM audit
WHERE ($1::text IS NULL OR actor = $1)
    AND ($2::text IS NULL OR action = $2)
    AND ($3::text IS NULL OR object = $3)
    AND ($4::timestamptz IS NULL OR at >= $4)
    AND ($5::timestamptz IS NULL OR at < $5)
    AND ($6::bigint IS NULL OR id < $6)
ORDER BY id DESC
LIMIT $7;

-- name: add_account
-- Make an account.
INSERT INTO account (name, folded, full_name, role, unit, password_hash, must_change, issuer, subject, made_at, made_by, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $10);

-- name: list_accounts
-- Read all accounts by name.
SELECT * FROM account ORDER BY folded;

-- name: find_account
-- Read the account with a folded name.
SELECT * FROM account WHERE folded = $1;

-- name: find_external
-- Read the account of a provider's subject; who changes it meanwhile waits, so that claims don't undo the change.
SELECT * FROM account WHERE issuer = $1 AND subject = $2 FOR UPDATE;

-- name: find_name
-- Read how a folded name is written.
SELECT name FROM account WHERE folded = $1;

-- name: has_accounts
-- Tell whether there is an account.
SELECT EXISTS (SELECT FROM account);

-- name: lock_accounts
-- Let changes of accounts wait for each other until the transaction ends.
SELECT pg_advisory_xact_lock(hashtext('identity.account'));

-- name: count_other_administrators
-- Count the administrators who may sign in, without one account.
SELECT count(*) FROM account WHERE role = 'administrator' AND locked_at IS NULL AND id <> $1;

-- name: lock_account
-- Lock an account at an instant, or unlock it (null).
UPDATE account SET locked_at = $2 WHERE id = $1;

-- name: change_role
-- Give an account another role and unit.
UPDATE account SET role = $2, unit = $3, changed_at = $4 WHERE id = $1;

-- name: set_password
-- Set an account's password.
UPDATE account SET password_hash = $2, must_change = $3, changed_at = $4 WHERE id = $1;

-- name: rehash_password
-- Keep the same password under other parameters; no row where it was changed, or the account locked, meanwhile.
UPDATE account SET password_hash = $2 WHERE id = $1 AND password_hash = $3 AND locked_at IS NULL RETURNING id;

-- name: note_sign_in
-- Keep when somebody signed in last.
UPDATE account SET signed_in_at = $2 WHERE id = $1;

-- name: begin_session
-- Begin a session.
INSERT INTO session (token_hash, account, proof, began_at, seen_at, address, browser) VALUES ($1, $2, $3, $4, $4, $5, $6);

-- name: find_session
-- Find a session that goes on: used after an instant, begun after another, of an account that is not locked.
SELECT s.account, s.seen_at, a.name, a.full_name, a.role, a.unit, a.must_change
FROM session AS s
JOIN account AS a ON a.id = s.account
WHERE s.token_hash = $1 AND s.seen_at > $2 AND s.began_at > $3 AND a.locked_at IS NULL;

-- name: touch_session
-- Keep when a session was used last.
UPDATE session SET seen_at = greatest(seen_at, $2) WHERE token_hash = $1;

-- name: list_sessions
-- Read the sessions of an account that go on, used last first.
SELECT token_hash, began_at, seen_at, address, browser
FROM session
WHERE account = $1 AND seen_at > $2 AND began_at > $3
ORDER BY seen_at DESC, token_hash;

-- name: end_session
-- End a session.
DELETE FROM session WHERE token_hash = $1;

-- name: end_sessions
-- End the sessions of an account, but one where it is named.
DELETE FROM session WHERE account = $1 AND ($2::bytea IS NULL OR token_hash <> $2);

-- name: sweep_sessions
-- Forget sessions that have ended by themselves.
DELETE FROM session WHERE seen_at <= $1 OR began_at <= $2;

-- name: add_guess
-- Count a guess for an account and an address, and forget old ones; no row where either has too many already, whose flood leaves no trace.
WITH old AS (
    DELETE FROM guess WHERE at <= $4::timestamptz
)
INSERT INTO guess (kind, about, at)
SELECT each.kind, each.about, $3::timestamptz
FROM (VALUES ('account', $1::bytea), ('address', $2::bytea)) AS each(kind, about)
WHERE (SELECT count(*) FROM guess WHERE kind = 'account' AND about = $1 AND at > $4) <= $5::integer
    AND (SELECT count(*) FROM guess WHERE kind = 'address' AND about = $2 AND at > $4) <= $6::integer
RETURNING kind;

-- name: count_guesses
-- Count the guesses for an account and of an address since an instant.
SELECT
    count(*) FILTER (WHERE kind = 'account' AND about = $1) AS by_account,
    count(*) FILTER (WHERE kind = 'address' AND about = $2) AS by_address
FROM guess
WHERE at > $3 AND ((kind = 'account' AND about = $1) OR (kind = 'address' AND about = $2));

-- name: forget_guesses
-- Forget the guesses for an account, whose password was right at last, and of its address the one that was right.
DELETE FROM guess WHERE (kind = 'account' AND about = $1) OR (kind = 'address' AND about = $2 AND at = $3);

-- name: is_known_address
-- Tell whether the person with a folded name has signed in from an address since an instant.
SELECT EXISTS (
    SELECT FROM account AS a
    JOIN audit AS l ON l.actor = 'account:' || a.name
    WHERE a.folded = $1 AND l.action = 'signed-in' AND l.address = $2 AND l.at > $3
);

-- name: begin_pending
-- Keep a sign-in that goes on at a provider, and forget those that nobody finished.
WITH old AS (
    DELETE FROM pending_sign_in WHERE began_at <= $6::timestamptz
)
INSERT INTO pending_sign_in (state_hash, nonce, verifier, next, began_at) VALUES ($1, $2, $3, $4, $5);

-- name: take_pending
-- Take a sign-in that comes back from a provider; it counts once.
DELETE FROM pending_sign_in WHERE state_hash = $1 AND began_at > $2 RETURNING nonce, verifier, next, began_at;

-- name: change_external
-- Bring an account up to date with what the provider says.
UPDATE account SET full_name = $2, role = $3, unit = $4, changed_at = $5 WHERE id = $1;
