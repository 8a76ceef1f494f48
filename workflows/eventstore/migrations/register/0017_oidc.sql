-- Passkeys, and signing in at a provider of identities.

-- How a browser reaches the passkey (usb, internal, hybrid), as the browser itself told.
ALTER TABLE factors ADD COLUMN transports text[] NOT NULL DEFAULT '{}';

-- `challenged_at`: a challenge is good for minutes. `began_by`: by what the session was begun.
-- `factor_elsewhere`: the provider answers for a second factor.
ALTER TABLE sessions
    ADD COLUMN challenged_at timestamptz,
    ADD COLUMN began_by text NOT NULL DEFAULT 'password'
        CHECK (began_by IN ('password', 'invitation', 'provider')),
    ADD COLUMN factor_elsewhere boolean NOT NULL DEFAULT false;

-- One identity of each provider: a second one is for another account.
ALTER TABLE identities_elsewhere ADD UNIQUE (account_id, issuer);

-- Who went to the provider and is not back yet. `state` comes back in the address and `before` is in
-- a cookie of that browser: of both only the SHA-256 is here. `nonce` and `verifier` are worth
-- nothing without the code that the provider gives to the browser; the row is gone when it is back.
CREATE TABLE flows_elsewhere (
    state_hash bytea PRIMARY KEY CHECK (length(state_hash) = 32),
    before_hash bytea NOT NULL CHECK (length(before_hash) = 32),
    nonce text NOT NULL,
    verifier text NOT NULL,
    next text NOT NULL,
    shared_computer boolean NOT NULL,
    -- An invitation to be accepted by it.
    invitation_hash bytea REFERENCES invitations (hash),
    -- An account to be linked, by whoever is signed in to it with this session.
    account_id uuid REFERENCES accounts (id),
    session_id uuid,
    expires_at timestamptz NOT NULL,
    CHECK ((account_id IS NULL) = (session_id IS NULL)),
    CHECK (invitation_hash IS NULL OR account_id IS NULL)
);
CREATE INDEX flows_elsewhere_by_end ON flows_elsewhere (expires_at);

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON flows_elsewhere TO %I', app);
    END IF;
END $$;
