-- Requests that somebody has begun and not sent. They are nothing that happened, and so no events:
-- whoever writes one changes it, and it is gone when it is sent, thrown away or old.

-- `sealed`: all that was typed, under the key of the account whose draft it is. `household_id`: whom
-- it is about, once that is known; with the household's erasure it goes. `sent_as`: the dote that it
-- became, for whoever comes back to it; then nothing of it is kept.
CREATE TABLE drafts (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL REFERENCES accounts (id),
    household_id uuid,
    sealed bytea,
    saved_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    sent_as uuid,
    CHECK ((sealed IS NULL) = (sent_as IS NOT NULL)),
    CHECK (octet_length(sealed) <= 400000)
);
CREATE INDEX drafts_by_account ON drafts (account_id, saved_at);
CREATE INDEX drafts_by_household ON drafts (household_id) WHERE household_id IS NOT NULL;
CREATE INDEX drafts_by_end ON drafts (expires_at);

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON drafts TO %I', app);
    END IF;
END $$;
