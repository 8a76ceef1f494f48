-- Who may sign in. One account is one person, whatever roles and tokens it has.

CREATE TABLE accounts (
    id uuid PRIMARY KEY,
    name text NOT NULL CHECK (name <> ''),
    -- The name without its case and spacing: a person who is spelt differently is the same one.
    known_as text NOT NULL UNIQUE CHECK (known_as <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE tokens (
    hash bytea PRIMARY KEY CHECK (length(hash) = 32),
    account_id uuid NOT NULL REFERENCES accounts (id),
    role text NOT NULL,
    partner text,
    created_at timestamptz NOT NULL DEFAULT now(),
    revoked_at timestamptz
);
CREATE INDEX tokens_by_account ON tokens (account_id);
