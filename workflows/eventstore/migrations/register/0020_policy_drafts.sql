-- Rules that a coordinator is still writing, as they were typed, and what they would have changed.
-- A draft goes when it is adopted or thrown away. Nothing in it is about persons.

CREATE TABLE policy_drafts (
    id uuid PRIMARY KEY,
    -- The version that it began as, and the language of the amounts in `texts`.
    base integer NOT NULL,
    language text NOT NULL CHECK (language IN ('it', 'en')),
    texts jsonb NOT NULL,
    version integer NOT NULL DEFAULT 1,
    changed_at timestamptz NOT NULL,
    changed_by uuid NOT NULL,
    -- How far a simulation of this very draft is, and what came out of it.
    simulation jsonb
);

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON policy_drafts TO %I', app);
    END IF;
END $$;
