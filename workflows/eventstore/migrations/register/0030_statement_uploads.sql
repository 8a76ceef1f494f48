-- Bank files that somebody looks at and has not brought in: nothing that happened, and so no events.

-- `sealed`: the file, its name and what was chosen for it, under the key of the account of whoever
-- uploaded it. It goes when it is brought in, thrown away or old.
CREATE TABLE statement_uploads (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id),
    bank_account text NOT NULL,
    sealed_file bytea NOT NULL,
    sealed_choice bytea NOT NULL,
    saved_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    CHECK (octet_length(sealed_file) <= 68000000),
    CHECK (octet_length(sealed_choice) <= 8000000)
);
CREATE INDEX statement_uploads_by_account ON statement_uploads (account_id, saved_at);
CREATE INDEX statement_uploads_by_end ON statement_uploads (expires_at);

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON statement_uploads TO %I', app);
    END IF;
END $$;
