-- The API's role opens and makes data keys, and removes one where a person is erased.

DO $$
DECLARE
    keys text := current_schema();
    app text := regexp_replace(current_schema(), '_keys$', '') || '_app';
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        RETURN;
    END IF;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', keys, app);
    EXECUTE format('GRANT SELECT, INSERT, DELETE ON subject_keys TO %I', app);
END $$;
