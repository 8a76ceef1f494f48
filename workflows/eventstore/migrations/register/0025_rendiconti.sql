-- Accounts that were handed to funders, as they were frozen: the content beside the event that has
-- its fingerprint. It can be made anew from the log; it is kept so that what was handed in is what
-- is given out again, whatever this program learns later.

CREATE TABLE rendiconti (
    id uuid PRIMARY KEY,
    number text NOT NULL UNIQUE,
    content bytea NOT NULL,
    fingerprint bytea NOT NULL,
    CHECK (sha256(content) = fingerprint)
);

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT ON rendiconti TO %I', app);
    END IF;
END $$;
