-- Who sees what: an office also reads the deadlines of the directives that it issued.

-- Who issued a directive: the issuer's office sees the deadlines in it.
CREATE TABLE issued (
    directive_id uuid PRIMARY KEY,
    issuer uuid NOT NULL
);
CREATE INDEX issued_issuer ON issued (issuer);
