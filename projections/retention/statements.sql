-- name: save_households
INSERT INTO kept_households (household_id, number, partner, seen_on)
SELECT household_id, number, partner, seen_on
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (household_id uuid, number text, partner text,
    seen_on date)

-- name: save_doti
INSERT INTO kept_doti (dote_id, household_id)
SELECT dote_id, household_id
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (dote_id uuid, household_id uuid)

-- name: households_of
SELECT dote_id, household_id FROM kept_doti WHERE dote_id = ANY (%(ids)s)

-- name: seen
UPDATE kept_households SET
    seen_on = greatest(kept_households.seen_on, row.seen_on),
    moved_on = greatest(kept_households.moved_on, row.moved_on)
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (household_id uuid, seen_on date, moved_on date)
WHERE kept_households.household_id = row.household_id

-- name: merge
UPDATE kept_households SET merged_into = %(into)s WHERE household_id = %(id)s

-- name: ask
UPDATE kept_households SET asked_at = %(at)s, asked_by = %(by)s WHERE household_id = %(id)s

-- name: hold
UPDATE kept_households SET asked_at = NULL, asked_by = NULL, held_until = %(until)s
WHERE household_id = %(id)s

-- name: notes_erased
UPDATE kept_households SET notes_erased_on = %(on)s WHERE household_id = %(id)s

-- name: erased
DELETE FROM kept_households WHERE household_id = %(id)s
