-- name: unit
-- Units, each by itself.
SELECT t.unit, t FROM unit AS t

-- name: roll
-- Who is concerned with a directive.
SELECT t.directive, t FROM roll AS t

-- name: fact
-- Facts of directives.
SELECT t.directive, t FROM fact AS t

-- name: conference
-- Conferences of a directive.
SELECT t.partition, t FROM conference AS t

-- name: outcome
-- Deadlines missed, met and at risk.
SELECT t.partition, t FROM outcome AS t

-- name: notice
-- Notices.
SELECT t.partition, t FROM notice AS t

-- name: acknowledgement
-- Acknowledgements.
SELECT t.partition, t FROM acknowledgement AS t

-- name: ending
-- What came of notices.
SELECT t.partition, t FROM ending AS t

-- name: escalation
-- Deadlines that were missed, and who was told. When the next level is told follows from that; where nobody is there to be told, the live
-- table has found out at an instant that no topic tells.
SELECT t.partition, ROW(t.deadline, t.directive, t.state) FROM escalation AS t
