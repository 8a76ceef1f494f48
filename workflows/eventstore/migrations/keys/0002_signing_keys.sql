-- The private key that signs checkpoints, wrapped by the master key. A retired one is deleted:
-- what it signed is verified with its public half, which stands with the log.

CREATE TABLE signing_keys (
    n integer PRIMARY KEY CHECK (n >= 1),
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
