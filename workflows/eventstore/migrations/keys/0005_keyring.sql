-- Keys are reached by functions only: one at a time, never a list of them. The functions belong to
-- the role <register>_keyring, whose rights on the tables they have; the API's role may call them
-- and has no right on the tables. Who migrates may lack the right to make roles; then the functions
-- are the owner's, an administrator makes the role, and this file is run again by hand
-- (docs/operations.md).

-- A wrapped key begins with 8 bytes that name the master key which wrapped it; one of 60 bytes is
-- from before masters had names.

CREATE TABLE IF NOT EXISTS master (
    -- The master key under which keys are put now. Another one can only be read.
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    name bytea NOT NULL CHECK (octet_length(name) = 8),
    since timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE IF NOT EXISTS erased_subjects (
    -- Whose key is gone for good: none is taken, and none is ever put again.
    subject_id uuid PRIMARY KEY,
    erased_at timestamptz NOT NULL DEFAULT now()
);

-- Kept with each function: what it calls is looked up here, and never in a caller's schema.
SELECT set_config('search_path', quote_ident(current_schema()) || ', pg_temp', true);

CREATE OR REPLACE FUNCTION lock_of(what text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT hashtextextended(current_schema() || ' ' || what, 0)
$$;

-- Under which master key a new key is to be wrapped, if it is another one than this key's. Until
-- the end of the transaction it stays that one.
CREATE OR REPLACE FUNCTION other_master(wrapped bytea) RETURNS bytea
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
DECLARE
    wanted bytea;
BEGIN
    PERFORM pg_advisory_xact_lock_shared(lock_of('master'));
    SELECT name INTO wanted FROM master;
    IF wanted IS NULL THEN
        INSERT INTO master (name) VALUES (substring(wrapped FOR 8)) ON CONFLICT DO NOTHING;
        SELECT name INTO wanted FROM master;
    END IF;
    RETURN CASE WHEN wanted <> substring(wrapped FOR 8) THEN wanted END;
END $$;

CREATE OR REPLACE FUNCTION take_key(subject uuid) RETURNS bytea
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    RETURN (
        SELECT wrapped FROM subject_keys WHERE subject_id = subject
        AND NOT EXISTS (SELECT FROM erased_subjects WHERE subject_id = subject)
    );
END $$;

-- What became of a key that was to be put: 'put', 'there' (one was there, and stays), 'erased' (the
-- subject is gone), or 'master' (it was not put: wrap it under `master`).
CREATE OR REPLACE FUNCTION put_key(subject uuid, key bytea, OUT said text, OUT master bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_advisory_xact_lock_shared(lock_of(subject::text));
    IF EXISTS (SELECT FROM erased_subjects WHERE subject_id = subject) THEN
        said := 'erased';
        RETURN;
    END IF;
    master := other_master(key);
    IF master IS NOT NULL THEN
        said := 'master';
        RETURN;
    END IF;
    INSERT INTO subject_keys (subject_id, wrapped) VALUES (subject, key) ON CONFLICT DO NOTHING;
    said := CASE WHEN FOUND THEN 'put' ELSE 'there' END;
END $$;

-- Erases a subject for good; true if there was a key.
CREATE OR REPLACE FUNCTION erase_key(subject uuid) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    -- Waits for whoever is putting its key.
    PERFORM pg_advisory_xact_lock(lock_of(subject::text));
    INSERT INTO erased_subjects (subject_id) VALUES (subject) ON CONFLICT DO NOTHING;
    DELETE FROM subject_keys WHERE subject_id = subject;
    RETURN FOUND;
END $$;

CREATE OR REPLACE FUNCTION is_erased(subject uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT EXISTS (SELECT FROM erased_subjects WHERE subject_id = subject)
$$;

CREATE OR REPLACE FUNCTION take_index_key() RETURNS bytea
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT wrapped FROM index_key
$$;

CREATE OR REPLACE FUNCTION put_index_key(key bytea, OUT said text, OUT master bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    master := other_master(key);
    IF master IS NOT NULL THEN
        said := 'master';
        RETURN;
    END IF;
    INSERT INTO index_key (wrapped) VALUES (key) ON CONFLICT DO NOTHING;
    said := CASE WHEN FOUND THEN 'put' ELSE 'there' END;
END $$;

CREATE OR REPLACE FUNCTION put_signing_key(number integer, key bytea, OUT said text, OUT master bytea)
LANGUAGE plpgsql SECURITY DEFINER SET search_path FROM CURRENT AS $$
BEGIN
    master := other_master(key);
    IF master IS NOT NULL THEN
        said := 'master';
        RETURN;
    END IF;
    INSERT INTO signing_keys (n, wrapped) VALUES (number, key) ON CONFLICT DO NOTHING;
    said := CASE WHEN FOUND THEN 'put' ELSE 'there' END;
END $$;

-- Which master keys are needed to read what is there: their names (NULL: from before names), how
-- many keys each wrapped, whether keys are put under it, and a subject to try one of no name on.
CREATE OR REPLACE FUNCTION masters_in_use(
    OUT master bytea, OUT keys bigint, OUT puts boolean, OUT subject uuid
) RETURNS SETOF record
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    WITH every (subject, wrapped) AS (
        SELECT subject_id, wrapped FROM subject_keys
        UNION ALL SELECT NULL, wrapped FROM signing_keys
        UNION ALL SELECT NULL, wrapped FROM index_key
    ), named AS (
        SELECT CASE WHEN octet_length(wrapped) > 60 THEN substring(wrapped FOR 8) END AS name, subject
        FROM every
    ), used AS (
        SELECT name, count(*) AS keys, min(subject::text)::uuid AS subject FROM named GROUP BY name
    )
    SELECT coalesce(u.name, m.name), coalesce(u.keys, 0), m.name IS NOT NULL,
           CASE WHEN u.name IS NULL THEN u.subject END
    FROM used u FULL JOIN master m ON m.name = u.name
$$;

-- Who has a key although they were erased, as the table of the erased says, or whoever asks.
CREATE OR REPLACE FUNCTION came_back(told uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path FROM CURRENT AS $$
    SELECT subject_id FROM subject_keys
    WHERE subject_id IN (SELECT unnest(told) UNION SELECT e.subject_id FROM erased_subjects e)
    ORDER BY subject_id
$$;

DO $$
DECLARE
    keys text := current_schema();
    app text := regexp_replace(current_schema(), '_keys$', '') || '_app';
    keyring text := regexp_replace(current_schema(), '_keys$', '') || '_keyring';
    named regprocedure;
BEGIN
    FOR named IN
        SELECT oid FROM pg_proc WHERE pronamespace = keys::regnamespace AND prosecdef
    LOOP
        EXECUTE format('REVOKE ALL ON FUNCTION %s FROM PUBLIC', named);
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('REVOKE ALL ON ALL TABLES IN SCHEMA %I FROM %I', keys, app);
        EXECUTE format('GRANT SELECT ON migrations TO %I', app);
        EXECUTE format('GRANT EXECUTE ON FUNCTION take_key(uuid), put_key(uuid, bytea),
                        erase_key(uuid), is_erased(uuid), take_index_key(), put_index_key(bytea),
                        masters_in_use(), came_back(uuid[]) TO %I', app);
    END IF;
    BEGIN
        IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = keyring) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', keyring);
        END IF;
        -- Only a member may give something to a role.
        IF NOT (SELECT rolsuper FROM pg_roles WHERE rolname = current_user) THEN
            EXECUTE format('GRANT %I TO CURRENT_USER', keyring);
        END IF;
        EXECUTE format('GRANT USAGE, CREATE ON SCHEMA %I TO %I', keys, keyring);
        EXECUTE format('GRANT SELECT, INSERT, DELETE ON subject_keys TO %I', keyring);
        EXECUTE format('GRANT SELECT, INSERT ON index_key, signing_keys, master, erased_subjects
                        TO %I', keyring);
        FOR named IN
            SELECT oid FROM pg_proc WHERE pronamespace = keys::regnamespace AND prosecdef
        LOOP
            EXECUTE format('ALTER FUNCTION %s OWNER TO %I', named, keyring);
        END LOOP;
        EXECUTE format('REVOKE CREATE ON SCHEMA %I FROM %I', keys, keyring);
    EXCEPTION
        WHEN insufficient_privilege THEN
            RAISE NOTICE 'the functions were not given to role %: no right to', keyring;
    END;
END $$;
