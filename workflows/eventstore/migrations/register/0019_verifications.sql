-- Verifications of the register that somebody asked for from a page, and what they found.

-- `begun_at` NULL: no process has taken it up yet. `outcome`: intact, altered, or broken_off where
-- the process that was at it went away. `result`: what was read and what was found, with codes and
-- places and nobody's data.
CREATE TABLE verifications (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    asked_at timestamptz NOT NULL,
    account_id uuid NOT NULL,
    begun_at timestamptz,
    ended_at timestamptz,
    took_ms bigint CHECK (took_ms >= 0),
    done_events bigint NOT NULL DEFAULT 0,
    all_events bigint NOT NULL DEFAULT 0,
    outcome text CHECK (outcome IN ('intact', 'altered', 'broken_off')),
    result jsonb,
    CHECK ((ended_at IS NULL) = (outcome IS NULL)),
    CHECK (outcome NOT IN ('intact', 'altered') OR result IS NOT NULL)
);
-- Whoever asks while one is open is led to that one.
CREATE UNIQUE INDEX verifications_one_open ON verifications ((true)) WHERE ended_at IS NULL;

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT (asked_at, account_id) ON verifications TO %I', app);
    END IF;
END $$;
