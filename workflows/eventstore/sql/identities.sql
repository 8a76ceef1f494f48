-- The blind indexes. Where they are written, they are written with the event that they belong to.
-- These statements also run outside of a transaction, and so name their schemas.

-- name: add_household
-- What the members of a household are found by.
INSERT INTO register.identities (household_id, member, kind, token)
SELECT %(id)s, member, kind, token
FROM unnest(%(members)s::smallint[], %(kinds)s::text[], %(tokens)s::bytea[])
    AS found (member, kind, token)
ON CONFLICT DO NOTHING

-- name: add_payee
-- What the payee of a dote is found by.
INSERT INTO register.payee_identities (dote_id, kind, token)
SELECT %(id)s, kind, token FROM unnest(%(kinds)s::text[], %(tokens)s::bytea[]) AS found (kind, token)
ON CONFLICT DO NOTHING

-- name: remove_household
DELETE FROM register.identities WHERE household_id = %(id)s

-- name: remove_payee
DELETE FROM register.payee_identities WHERE dote_id = %(id)s

-- name: remove_strangers
-- What belongs to no household of the register, or to none of its doti.
WITH households AS (
    DELETE FROM register.identities
    WHERE NOT EXISTS (SELECT FROM register.events WHERE stream_id = household_id)
)
DELETE FROM register.payee_identities
WHERE NOT EXISTS (SELECT FROM register.events WHERE stream_id = dote_id)

-- name: add_payee_of_dote
INSERT INTO register.payee_doti (payee_id, dote_id, household_id)
VALUES (%(payee_id)s, %(dote_id)s, %(household_id)s)
ON CONFLICT DO NOTHING
