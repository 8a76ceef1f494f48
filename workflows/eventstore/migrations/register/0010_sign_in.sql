-- How people prove who they are. Secrets in here are hashes, or sealed under the account's key.

CREATE TABLE credentials (
    account_id uuid PRIMARY KEY REFERENCES accounts (id),
    -- argon2id, with its parameters and salt.
    password_hash text NOT NULL,
    changed_at timestamptz NOT NULL
);

-- A link by which somebody chooses a password; also when it was forgotten.
CREATE TABLE invitations (
    hash bytea PRIMARY KEY CHECK (length(hash) = 32),
    account_id uuid NOT NULL REFERENCES accounts (id),
    expires_at timestamptz NOT NULL,
    used_at timestamptz
);
CREATE INDEX invitations_by_account ON invitations (account_id);

-- kind: `totp` (`sealed`: its secret) or `passkey` (`credential_id`, `public_key`, `sign_count`).
CREATE TABLE factors (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id),
    kind text NOT NULL CHECK (kind IN ('totp', 'passkey')),
    label text NOT NULL,
    sealed bytea,
    credential_id bytea UNIQUE,
    public_key bytea,
    sign_count bigint,
    -- The last step of time whose code was taken: a code is good once.
    last_step bigint,
    confirmed_at timestamptz,
    created_at timestamptz NOT NULL,
    last_used_at timestamptz,
    CHECK ((kind = 'totp') = (sealed IS NOT NULL)),
    CHECK ((kind = 'passkey') = (public_key IS NOT NULL AND credential_id IS NOT NULL))
);
CREATE INDEX factors_by_account ON factors (account_id);

-- A code has 80 random bits: a plain hash, with the account's id before it, is enough.
CREATE TABLE recovery_codes (
    account_id uuid NOT NULL REFERENCES accounts (id),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    used_at timestamptz,
    PRIMARY KEY (account_id, hash)
);

-- `proved`: what the person has proved so far; only a whole sign-in acts. `challenge`: what a
-- passkey has to sign next.
CREATE TABLE sessions (
    hash bytea PRIMARY KEY CHECK (length(hash) = 32),
    id uuid NOT NULL UNIQUE,
    account_id uuid NOT NULL REFERENCES accounts (id),
    proved text NOT NULL CHECK (proved IN ('password', 'whole')),
    shared_computer boolean NOT NULL,
    challenge bytea,
    created_at timestamptz NOT NULL,
    seen_at timestamptz NOT NULL,
    idle_s integer NOT NULL CHECK (idle_s > 0),
    ends_at timestamptz NOT NULL,
    ended_at timestamptz
);
CREATE INDEX sessions_by_account ON sessions (account_id) WHERE ended_at IS NULL;

-- Whoever closes an account, and however: its sessions end with it, and do not come back when it is
-- opened again.
CREATE FUNCTION end_sessions() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    UPDATE sessions SET ended_at = NEW.closed_at
    WHERE account_id = NEW.id AND ended_at IS NULL;
    RETURN NULL;
END $$;

CREATE TRIGGER accounts_end_sessions AFTER UPDATE OF closed_at ON accounts
    FOR EACH ROW WHEN (NEW.closed_at IS NOT NULL) EXECUTE FUNCTION end_sessions();

-- Who somebody is at a provider of identities.
CREATE TABLE identities_elsewhere (
    issuer text NOT NULL,
    subject text NOT NULL,
    account_id uuid NOT NULL REFERENCES accounts (id),
    linked_at timestamptz NOT NULL,
    PRIMARY KEY (issuer, subject)
);

-- Attempts that did not succeed (so far), by what they aimed at or came from, as keyed hashes of
-- e-mail, account and address.
CREATE TABLE attempts (
    key bytea PRIMARY KEY CHECK (length(key) = 32),
    failed integer NOT NULL CHECK (failed >= 0),
    last_at timestamptz NOT NULL,
    blocked_until timestamptz
);

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON credentials, invitations, factors,
                        recovery_codes, sessions, identities_elsewhere, attempts TO %I', app);
    END IF;
END $$;
