-- Accounts are events now; these tables are what requests look up, written with the events. Grants
-- stand by themselves: a token is one way to use one of them, a session uses all.

ALTER TABLE accounts
    -- What the person signs in with, in lower case.
    ADD COLUMN email text UNIQUE CHECK (email = lower(email) AND email <> ''),
    ADD COLUMN closed_at timestamptz;

CREATE TABLE grants (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id),
    role text NOT NULL,
    -- NULL: for the whole programme.
    partner text,
    since date NOT NULL,
    -- NULL: until it is revoked.
    until date CHECK (until >= since),
    revoked_at timestamptz
);
CREATE INDEX grants_by_account ON grants (account_id);

ALTER TABLE tokens
    ADD COLUMN id uuid NOT NULL DEFAULT gen_random_uuid() UNIQUE,
    ADD COLUMN label text CHECK (label <> ''),
    ADD COLUMN read_only boolean NOT NULL DEFAULT false,
    -- Its last day; NULL: it has none.
    ADD COLUMN until date,
    -- To the day only: a write for each request would cost more than what it tells.
    ADD COLUMN last_used_on date;

-- What stands in here already has no events: `doti migrate` writes them, and the grants with them.

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT ON grants TO %I', app);
        EXECUTE format('GRANT UPDATE (until, revoked_at) ON grants TO %I', app);
        EXECUTE format('GRANT UPDATE (email, name, known_as, closed_at) ON accounts TO %I', app);
        EXECUTE format('GRANT UPDATE (last_used_on) ON tokens TO %I', app);
    END IF;
END $$;
