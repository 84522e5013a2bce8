-- name: unit
-- Units, each by itself.
SELECT t.id, t FROM unit AS t

-- name: unit_name
-- Names of units.
SELECT t.unit, t FROM unit_name AS t

-- name: unit_successor
-- Successors of units.
SELECT t.unit, t FROM unit_successor AS t

-- name: directive
-- Directives, each by itself.
SELECT t.id, t FROM directive AS t

-- name: task
-- Tasks of a directive.
SELECT t.directive, t FROM task AS t

-- name: plan
-- Plans of a directive.
SELECT t.directive, t FROM plan AS t

-- name: plan_item
-- Items of a directive's plans.
SELECT p.directive, t FROM plan_item AS t JOIN plan AS p ON p.id = t.plan

-- name: conference
-- Conferences of a directive.
SELECT t.directive, t FROM conference AS t

-- name: conference_task
-- What a directive's conferences serve.
SELECT c.directive, t FROM conference_task AS t JOIN conference AS c ON c.id = t.conference

-- name: report
-- Reports on a directive.
SELECT t.directive, t FROM report AS t

-- name: extension
-- Requests for more time for a directive's tasks.
SELECT t.directive, t FROM extension AS t

-- name: published_index
-- Indexes, each by itself.
SELECT t.id, t FROM published_index AS t

-- name: index_score
-- Scores of an index.
SELECT t.published_index, t FROM index_score AS t

-- name: fact
-- The timeline of a key.
SELECT t.key, t FROM fact AS t

-- name: task_deadline
-- Deadlines of a directive.
SELECT t.directive, t FROM task_deadline AS t

-- name: deadline_event
-- What was said of a directive's deadlines.
SELECT t.directive, t FROM deadline_event AS t
