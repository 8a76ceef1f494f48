-- What an erasure looks at and takes away. The first three tables are written with their events and
-- say nothing that those do not say.

-- Which dote is of which household.
CREATE TABLE household_doti (
    dote_id uuid PRIMARY KEY,
    household_id uuid NOT NULL
);
CREATE INDEX household_doti_by_household ON household_doti (household_id);

INSERT INTO household_doti (dote_id, household_id)
SELECT stream_id, (convert_from(state, 'UTF8')::jsonb ->> 'household_id')::uuid
FROM events WHERE topic = 'DoteRequested';

-- Which household counts with which other one.
CREATE TABLE household_merges (
    household_id uuid PRIMARY KEY,
    into_id uuid NOT NULL CHECK (into_id <> household_id)
);
CREATE INDEX household_merges_by_other ON household_merges (into_id);

-- Whom a dote was voted to be paid to, where it is a payee with a key of their own.
CREATE TABLE dote_payees (
    dote_id uuid NOT NULL,
    payee_id uuid NOT NULL,
    PRIMARY KEY (dote_id, payee_id)
);
CREATE INDEX dote_payees_by_payee ON dote_payees (payee_id);

-- Households whose uploads have to go: noted with the erasure, worked off after it.
CREATE TABLE files_to_remove (
    household_id uuid PRIMARY KEY
);

-- Since when a household, or its notes, stands in the list of what time will erase.
CREATE TABLE erasure_notices (
    household_id uuid NOT NULL,
    what text NOT NULL CHECK (what IN ('household', 'notes')),
    listed_on date NOT NULL,
    PRIMARY KEY (household_id, what)
);

-- A command's fingerprint is a hash of what was sent: it goes with the household.
CREATE INDEX commands_by_stream ON commands ((outcome ->> 'stream_id'));

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT, DELETE ON household_doti, household_merges, dote_payees,
                        files_to_remove, erasure_notices TO %I', app);
        EXECUTE format('GRANT UPDATE ON household_merges, erasure_notices TO %I', app);
        EXECUTE format('GRANT UPDATE (fingerprint) ON commands TO %I', app);
    END IF;
END $$;
