-- From where people have signed in: strangers' guesses must not keep them out there.

CREATE INDEX audit_signed_in ON audit (actor, address, at) WHERE action = 'signed-in';
