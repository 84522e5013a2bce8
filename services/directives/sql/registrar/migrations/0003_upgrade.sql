-- What versions before the whole catalogue of facts have left behind.

-- States remember more now, in another form: each is folded anew from its history when its key is needed next.
ALTER TABLE stream ALTER COLUMN state DROP NOT NULL;
UPDATE stream SET state = NULL;

-- Codes of units are claimed in their one form, whichever scheme they were written in; the same rule as `canonical_code`
-- (shared/contracts/codes.py). Where two come to one form, it belongs to the unit that was written so, else to either one.
CREATE TEMPORARY TABLE canonical ON COMMIT DROP AS
WITH written AS (
    SELECT owner, name, upper(btrim(name) COLLATE pg_c_utf8) COLLATE "C" AS code FROM claim WHERE kind = 'unit-code'
),
level AS (
    SELECT
        w.owner,
        l.text,
        row_number() OVER (PARTITION BY w.owner ORDER BY CASE WHEN w.code ~ '^([0-9]+\.)+[A-Z][0-9]{2}$' THEN -l.n ELSE l.n END) AS n
    FROM written AS w
    CROSS JOIN LATERAL string_to_table(w.code, '.') WITH ORDINALITY AS l(text, n)
    WHERE w.code ~ '^[0-9A-Z]+(\.[0-9A-Z]+)*$'
),
joined AS (
    SELECT
        owner,
        string_agg(CASE WHEN n > 1 AND text ~ '^[0-9]+$' THEN regexp_replace(text, '^0+(?=.)', '') ELSE text END, '.' ORDER BY n) AS code
    FROM level
    GROUP BY owner
)
SELECT w.owner, w.name AS written, coalesce(regexp_replace(j.code, '(\.0)+$', ''), w.code) AS code
FROM written AS w
LEFT JOIN joined AS j ON j.owner = w.owner;

DELETE FROM claim WHERE kind = 'unit-code';
INSERT INTO claim (kind, name, owner)
SELECT DISTINCT ON (code) 'unit-code', code, owner FROM canonical ORDER BY code, written = code DESC, owner;
UPDATE unit AS u SET code = c.code FROM canonical AS c WHERE c.owner = u.id;
