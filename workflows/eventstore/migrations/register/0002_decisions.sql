-- What commands decide on and change in the transaction that appends their events.

-- Positions of the budget lines. The CHECKs are the last wall: whatever the code does, a line
-- is never overspent.
CREATE TABLE budget_lines (
    partner text NOT NULL,
    category text NOT NULL,
    available_cents bigint NOT NULL DEFAULT 0 CHECK (available_cents >= 0),
    committed_cents bigint NOT NULL DEFAULT 0 CHECK (committed_cents >= 0),
    disbursed_cents bigint NOT NULL DEFAULT 0 CHECK (disbursed_cents >= 0),
    documented_cents bigint NOT NULL DEFAULT 0 CHECK (documented_cents >= 0),
    disallowed_cents bigint NOT NULL DEFAULT 0 CHECK (disallowed_cents >= 0),
    PRIMARY KEY (partner, category)
) WITH (fillfactor = 50);

CREATE TABLE funds (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    funding_cents bigint NOT NULL DEFAULT 0 CHECK (funding_cents <= 0),
    unallocated_cents bigint NOT NULL DEFAULT 0 CHECK (unallocated_cents >= 0)
);
INSERT INTO funds DEFAULT VALUES;

-- What each dote grants to its household.
CREATE TABLE exposure (
    dote_id uuid PRIMARY KEY,
    household_id uuid NOT NULL,
    granted_at timestamptz NOT NULL,
    cents bigint NOT NULL CHECK (cents >= 0)
);
CREATE INDEX exposure_by_household ON exposure (household_id, granted_at);

-- Commands done under an Idempotency-Key, with what they did: ids and versions, never a text.
CREATE TABLE commands (
    account_id uuid NOT NULL,
    key text NOT NULL,
    fingerprint bytea NOT NULL,
    outcome jsonb NOT NULL,
    done_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (account_id, key)
);

CREATE SEQUENCE household_number;

-- One counter a year; a number that a failed request took is not given again.
DO $$
BEGIN
    FOR year IN 2000..2099 LOOP
        EXECUTE format('CREATE SEQUENCE %I', 'dote_number_' || year);
    END LOOP;
END $$;
