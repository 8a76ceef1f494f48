-- name: events
-- All that is told of households, of whose dote is which, and of who was paid, numbered or not,
-- stream by stream.
SELECT stream_id, version, topic, state FROM events WHERE topic = ANY (%(topics)s)
ORDER BY stream_id, version

-- name: household_doti
SELECT dote_id, household_id FROM household_doti

-- name: payee_doti
SELECT payee_id, dote_id, household_id FROM payee_doti

-- name: identities
SELECT household_id, array_agg(ROW (member, kind, encode(token, 'hex'))::text) AS found_by
FROM identities GROUP BY household_id

-- name: payee_identities
SELECT dote_id, array_agg(ROW (kind, encode(token, 'hex'))::text) AS found_by
FROM payee_identities GROUP BY dote_id

-- name: payees
SELECT id, name_token, iban_token FROM payees

-- name: files_to_remove
SELECT household_id FROM files_to_remove
