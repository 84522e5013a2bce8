-- name: dossier
-- Directives that anything is known of. What is known follows from their facts, and is folded anew after an upgrade when it is asked for.
SELECT t.directive_id, ROW(t.directive_id) FROM dossier AS t

-- name: fact
-- Facts of directives.
SELECT t.directive_id, t FROM fact AS t

-- name: calendar
-- Days of years, each by itself.
SELECT t.calendar_id, t FROM calendar AS t

-- name: issued
-- Who issued directives.
SELECT t.directive_id, t FROM issued AS t

-- name: unit
-- Units, each by itself.
SELECT t.unit_id, t FROM unit AS t

-- name: deadline
-- Deadlines of a directive, as set or last changed.
SELECT t.directive, t FROM deadline AS t

-- name: progress
-- What became of deadlines, their timers and their histories.
SELECT t.partition, t FROM progress AS t
