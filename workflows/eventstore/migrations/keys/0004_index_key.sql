-- The key of the blind indexes, wrapped by the master key.

CREATE TABLE index_key (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    wrapped bytea NOT NULL
);

DO $$
DECLARE
    app text := regexp_replace(current_schema(), '_keys$', '') || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT SELECT, INSERT ON index_key TO %I', app);
    END IF;
END $$;
