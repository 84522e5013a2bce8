-- Deadlines that were missed (deadlines.events.v1) and whom else that was told (notifications.events.v1: notice-escalated): MessagePack of the
-- domain's Case. `fire_at` is when the next level is told, none where nothing is to come.
CREATE TABLE escalation (
    deadline uuid PRIMARY KEY,
    partition integer NOT NULL,
    directive uuid NOT NULL,
    state bytea NOT NULL,
    fire_at timestamptz
);
CREATE INDEX escalation_timer ON escalation (partition, fire_at) WHERE fire_at IS NOT NULL;

-- What was missed before is learned by reading the events of deadlines again; a notice that was issued is not issued again.
DELETE FROM parked WHERE topic = 'deadlines.events.v1';
DELETE FROM checkpoint WHERE topic = 'deadlines.events.v1';
