-- Accounts for funders that were withdrawn. `last_number`: of the newest one that there was: those
-- after it do not know the one that was withdrawn.

CREATE TABLE rendiconti_withdrawn (
    id uuid PRIMARY KEY REFERENCES rendiconti (id),
    last_number text NOT NULL
);

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT ON rendiconti_withdrawn TO %I', app);
    END IF;
END $$;
