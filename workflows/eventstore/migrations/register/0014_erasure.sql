-- What an erasure looks at and takes away. The first table is written with its events and says
-- nothing that those do not say.

-- Which dote is of which household.
CREATE TABLE household_doti (
    dote_id uuid PRIMARY KEY,
    household_id uuid NOT NULL
);
CREATE INDEX household_doti_by_household ON household_doti (household_id);

INSERT INTO household_doti (dote_id, household_id)
SELECT stream_id, (convert_from(state, 'UTF8')::jsonb ->> 'household_id')::uuid
FROM events WHERE topic = 'DoteRequested';

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
        EXECUTE format('GRANT INSERT, DELETE ON household_doti, files_to_remove, erasure_notices
                        TO %I', app);
        EXECUTE format('GRANT UPDATE ON erasure_notices TO %I', app);
        EXECUTE format('GRANT UPDATE (fingerprint) ON commands TO %I', app);
    END IF;
END $$;
