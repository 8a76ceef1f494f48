-- Statements that also run outside of a transaction: they name their schemas.

-- name: group
SELECT register.household_group(%(id)s) AS households

-- name: doti
SELECT dote_id FROM register.household_doti WHERE household_id = ANY (%(ids)s) ORDER BY dote_id

-- name: forget_persons
DELETE FROM register.identities WHERE household_id = ANY (%(ids)s)

-- name: forget_payees
DELETE FROM register.payee_identities WHERE dote_id = ANY (%(doti)s)

-- name: forget_commands
-- They stay done; what was sent with them cannot be compared any more.
UPDATE register.commands SET fingerprint = ''
WHERE outcome ->> 'stream_id' = ANY (%(streams)s)

-- name: forget_drafts
DELETE FROM register.drafts WHERE household_id = ANY (%(ids)s)

-- name: lines_of_only
SELECT DISTINCT mine.line_id FROM register.bank_shown mine
WHERE mine.dote_id = ANY (%(doti)s)
  AND NOT EXISTS (
    SELECT FROM register.bank_shown other
    WHERE other.line_id = mine.line_id AND other.dote_id <> ALL (%(doti)s))
ORDER BY mine.line_id

-- name: forget_lines
UPDATE register.bank_lines
SET name_token = NULL, iban_token = NULL, end_to_end_token = NULL, text_token = NULL
WHERE id = ANY (%(lines)s)

-- name: remove_files
INSERT INTO register.files_to_remove (household_id) SELECT unnest(%(ids)s::uuid[])
ON CONFLICT DO NOTHING

-- name: files_to_remove
SELECT household_id FROM register.files_to_remove ORDER BY household_id

-- name: files_removed
DELETE FROM register.files_to_remove WHERE household_id = %(id)s RETURNING household_id

-- name: list
-- A new entry, or one in the place of what was listed for an earlier time (before `after`).
INSERT INTO register.erasure_notices (household_id, what, listed_on)
VALUES (%(id)s, %(what)s, %(today)s)
ON CONFLICT (household_id, what) DO UPDATE SET listed_on = excluded.listed_on
WHERE erasure_notices.listed_on < %(after)s

-- name: listed_on
-- Since when all of these households stand in the list.
SELECT CASE WHEN count(*) = cardinality(%(ids)s::uuid[]) THEN max(listed_on) END AS listed_on
FROM register.erasure_notices WHERE household_id = ANY (%(ids)s) AND what = %(what)s

-- name: unlist
DELETE FROM register.erasure_notices WHERE household_id = ANY (%(ids)s) AND what = ANY (%(what)s)
