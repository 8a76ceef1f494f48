-- Who looked at whom, who signed in and who was refused. Append only.

-- what: see `workflows.eventstore.access_log`. `household_id`, `dote_id`: whose file it was.
-- `details` hold words and numbers of this software only, never what somebody typed.
CREATE TABLE access_log (
    n bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL,
    what text NOT NULL CHECK (what ~ '^[a-z_]+$'),
    -- NULL: nobody is known to have done it (an attempt to sign in).
    account_id uuid,
    role text,
    household_id uuid,
    dote_id uuid,
    correlation_id text,
    details jsonb NOT NULL DEFAULT '{}'
);
CREATE INDEX access_log_by_household ON access_log (household_id, n) WHERE household_id IS NOT NULL;
CREATE INDEX access_log_by_account ON access_log (account_id, n);
CREATE INDEX access_log_by_what ON access_log (what, n);

CREATE TRIGGER access_log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON access_log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT (at, what, account_id, role, household_id, dote_id,
                        correlation_id, details) ON access_log TO %I', app);
    END IF;
END $$;
