-- Rows are seen by whom they concern: <schema>_app sees those of the partners that the transaction
-- names in `doti.partners` (codes with commas between; unset: none), <schema>_wide sees all. Who
-- migrates may lack the right to make roles; then an administrator makes both and this file is run
-- again by hand, which is safe (docs/operations.md). Until then no row is guarded.

DO $$
DECLARE
    register text := current_schema();
    app text := current_schema() || '_app';
    wide text := current_schema() || '_wide';
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        RAISE NOTICE 'rows are not guarded: there is no role %', app;
        RETURN;
    END IF;
    BEGIN
        EXECUTE format('CREATE ROLE %I NOLOGIN', wide);
    EXCEPTION
        WHEN duplicate_object OR unique_violation THEN NULL;
        WHEN insufficient_privilege THEN
            RAISE NOTICE 'role % was not made: no right to make roles', wide;
            RETURN;
    END;
    EXECUTE format('GRANT %I TO %I', app, wide);
    -- Who makes a role may not act as it by that alone.
    IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
        EXECUTE format('GRANT %I, %I TO %I', app, wide, current_user);
    END IF;
END $$;

-- Guards a table that says in `partner` whose a row is, in whatever schema it is: a projection's
-- tables call it when they are made. Who owns a table is not held by it: who numbers events and
-- fills lists sees all.
DO $make$
BEGIN
    EXECUTE format($text$
CREATE OR REPLACE FUNCTION guard_rows(guarded regclass) RETURNS void
LANGUAGE plpgsql AS $body$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = %2$L) THEN
        RETURN;
    END IF;
    EXECUTE format('ALTER TABLE %%s ENABLE ROW LEVEL SECURITY', guarded);
    EXECUTE format('DROP POLICY IF EXISTS of_partners ON %%s', guarded);
    EXECUTE format('DROP POLICY IF EXISTS of_all ON %%s', guarded);
    -- Not in a SELECT of its own: the planner has to know how many partners they are.
    EXECUTE format('CREATE POLICY of_partners ON %%s TO %%I USING (partner = ANY ('
        'string_to_array(current_setting(''doti.partners'', true), '','')))', guarded, %1$L);
    EXECUTE format('CREATE POLICY of_all ON %%s TO %%I USING (true)', guarded, %2$L);
END $body$
$text$, current_schema() || '_app', current_schema() || '_wide');
END $make$;

SELECT guard_rows('budget_lines');
