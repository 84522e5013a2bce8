-- name: create_clock
-- Make the row that holds the stepped clock; it is used only where DONDOC_CLOCK is "stepped".
CREATE TABLE IF NOT EXISTS public.office_clock (
    is_only boolean PRIMARY KEY DEFAULT true CHECK (is_only),
    instant timestamptz NOT NULL
);

-- name: read_clock
-- Read the stepped instant.
SELECT instant FROM public.office_clock;

-- name: step_clock
-- Set the stepped instant, never backwards, and wake whoever waits for it.
WITH stepped AS (
    INSERT INTO public.office_clock AS c (instant) VALUES ($1)
    ON CONFLICT (is_only) DO UPDATE SET instant = greatest(c.instant, excluded.instant)
    RETURNING instant
)
SELECT pg_notify('dondoc_clock', instant::text) FROM stepped;
