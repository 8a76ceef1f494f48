-- Keyed blind indexes: who a household and a payee are, as tokens that say nothing without the key.
-- They are not hashed into the log and go with the household that they are of.

-- kind: `identifier` (a tax code or another number), `person` (names and birthday), `word` (one
-- word of a name, for the search).
CREATE TABLE identities (
    household_id uuid NOT NULL,
    member smallint NOT NULL,
    kind text NOT NULL CHECK (kind IN ('identifier', 'person', 'word')),
    token bytea NOT NULL CHECK (length(token) = 16),
    PRIMARY KEY (household_id, member, kind, token)
);
CREATE INDEX identities_by_token ON identities (token, kind);

-- Who a dote is to be paid to; kind: `iban`, `name`.
CREATE TABLE payee_identities (
    dote_id uuid NOT NULL,
    kind text NOT NULL CHECK (kind IN ('iban', 'name')),
    token bytea NOT NULL CHECK (length(token) = 16),
    PRIMARY KEY (dote_id, kind, token)
);
CREATE INDEX payee_identities_by_token ON payee_identities (token, kind);

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT, DELETE ON identities, payee_identities TO %I', app);
    END IF;
END $$;
