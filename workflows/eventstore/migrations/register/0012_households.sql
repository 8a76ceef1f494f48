-- Households that are the same as others, and payees with ids of their own. Both are written with
-- their events and say nothing that those do not say.

-- A household that counts with another one, which goes on for both. One step deep: who is in
-- `into_id` is in no `household_id`; whoever merges holds the locks of both.
CREATE TABLE merged_households (
    household_id uuid PRIMARY KEY,
    into_id uuid NOT NULL CHECK (into_id <> household_id)
);
CREATE INDEX merged_households_by_other ON merged_households (into_id);

-- A household and all that count as one with it. Bound to this register's table when it is made.
CREATE FUNCTION household_group(one uuid) RETURNS uuid[] STABLE PARALLEL SAFE
BEGIN ATOMIC
    WITH goes_on AS (
        SELECT coalesce((SELECT into_id FROM merged_households WHERE household_id = one), one) AS id
    )
    SELECT (SELECT id FROM goes_on) || ARRAY(
        SELECT household_id FROM merged_households WHERE into_id = (SELECT id FROM goes_on)
    );
END;

-- `phone`: a number, its digits.
ALTER TABLE identities DROP CONSTRAINT identities_kind_check;
ALTER TABLE identities ADD CONSTRAINT identities_kind_check
    CHECK (kind IN ('identifier', 'person', 'word', 'phone'));

-- Who was paid, by what they are found: the tokens of name and IBAN. The id is that of their stream
-- and of their key; the row goes with the key.
CREATE TABLE payees (
    id uuid PRIMARY KEY,
    name_token bytea NOT NULL CHECK (length(name_token) = 16),
    iban_token bytea CHECK (length(iban_token) = 16),
    UNIQUE NULLS NOT DISTINCT (name_token, iban_token)
);

-- For which doti somebody was voted as payee, those of void votes too. A payee whose row goes while
-- a vote names them lets that vote be decided again.
CREATE TABLE payee_doti (
    payee_id uuid NOT NULL REFERENCES payees (id),
    dote_id uuid NOT NULL,
    household_id uuid NOT NULL,
    PRIMARY KEY (payee_id, dote_id)
);
CREATE INDEX payee_doti_by_household ON payee_doti (household_id);

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT, DELETE ON merged_households, payees, payee_doti TO %I', app);
        EXECUTE format('GRANT UPDATE (name_token, iban_token) ON payees TO %I', app);
    END IF;
END $$;
