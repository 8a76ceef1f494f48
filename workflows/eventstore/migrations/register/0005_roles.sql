-- The role that the API works under, <schema>_app: it adds events and reads them, and can neither
-- change nor remove one. Who migrates may lack the right to make roles; then an administrator makes
-- it, and this file is run again by hand (docs/operations.md).

DO $$
DECLARE
    register text := current_schema();
    app text := current_schema() || '_app';
BEGIN
    BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', app);
    EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN
            RAISE NOTICE 'role % was not made: no right to make roles', app;
            RETURN;
    END;
    EXECUTE format('GRANT USAGE ON SCHEMA %I TO %I', register, app);
    EXECUTE format('GRANT SELECT ON ALL TABLES IN SCHEMA %I TO %I', register, app);
    EXECUTE format('GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA %I TO %I', register, app);
    EXECUTE format('ALTER DEFAULT PRIVILEGES IN SCHEMA %I GRANT SELECT ON TABLES TO %I',
                   register, app);
    -- Not every column: the transaction id and the counter are the database's to say.
    EXECUTE format('GRANT INSERT (stream_id, version, topic, at, state) ON events TO %I', app);
    EXECUTE format('GRANT INSERT ON commands, accounts, tokens TO %I', app);
    EXECUTE format('GRANT INSERT, UPDATE ON budget_lines, exposure TO %I', app);
    EXECUTE format('GRANT UPDATE ON funds TO %I', app);
    EXECUTE format('GRANT UPDATE (revoked_at) ON tokens TO %I', app);
END $$;
