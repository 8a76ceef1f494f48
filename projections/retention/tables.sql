-- One row a household that is there: what its time is counted from, and who asked for its erasure.
-- It goes when the household is erased.

CREATE TABLE kept_households (
    household_id uuid PRIMARY KEY,
    number text NOT NULL,
    partner text NOT NULL,
    -- The household that it counts with, if it was merged.
    merged_into uuid,
    -- The last day on which people did something for it, and on which money of it moved.
    seen_on date NOT NULL,
    moved_on date,
    held_until date,
    asked_at timestamptz,
    asked_by uuid,
    -- What was written after this day is there again.
    notes_erased_on date
);
CREATE INDEX kept_households_by_group ON kept_households ((coalesce(merged_into, household_id)));
CREATE INDEX kept_households_asked ON kept_households (asked_at) WHERE asked_at IS NOT NULL;

CREATE TABLE kept_doti (
    dote_id uuid PRIMARY KEY,
    household_id uuid NOT NULL
);

SELECT guard_rows('kept_households');
