-- name: lose_an_event
-- Break an invariant on purpose: take an event that was sent out of the journal of notifications.
DELETE FROM notifications.journal WHERE topic = 'notifications.events.v1' AND position = 1;
