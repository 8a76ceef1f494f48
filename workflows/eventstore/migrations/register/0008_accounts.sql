-- For whom people work, in whose place they may act, and on whom they may not decide. Delegations
-- and conflicts are written together with their events and say nothing that those do not say.

-- The partner that the person belongs to, wherever their roles reach.
ALTER TABLE accounts ADD COLUMN works_for text CHECK (works_for <> '');

CREATE TABLE delegations (
    id uuid PRIMARY KEY,
    -- Who gives.
    account_id uuid NOT NULL,
    to_account uuid NOT NULL CHECK (to_account <> account_id),
    role text NOT NULL,
    -- NULL: as far as the role of who gives reaches.
    partner text,
    since date NOT NULL,
    until date NOT NULL CHECK (until >= since),
    max_cents bigint NOT NULL CHECK (max_cents > 0),
    ended_at timestamptz
);
CREATE INDEX delegations_by_delegate ON delegations (to_account);
CREATE INDEX delegations_by_account ON delegations (account_id);

CREATE TABLE conflicts (
    id uuid PRIMARY KEY,
    account_id uuid NOT NULL,
    household_id uuid,
    -- NULL: everybody of the household. Members count from 0.
    member smallint CHECK (member >= 0),
    -- What the payee is found by, if it is one.
    tokens bytea[] NOT NULL DEFAULT '{}',
    lifted_at timestamptz,
    CHECK ((household_id IS NULL) = (tokens <> '{}')),
    CHECK (member IS NULL OR household_id IS NOT NULL)
);
CREATE INDEX conflicts_by_account ON conflicts (account_id);

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT UPDATE (works_for) ON accounts TO %I', app);
        EXECUTE format('GRANT INSERT ON delegations, conflicts TO %I', app);
        EXECUTE format('GRANT UPDATE (ended_at) ON delegations TO %I', app);
        EXECUTE format('GRANT UPDATE (lifted_at) ON conflicts TO %I', app);
    END IF;
END $$;
