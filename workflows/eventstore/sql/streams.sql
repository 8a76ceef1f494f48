-- Statements that also run outside of a transaction: they name their schemas.

-- name: select_stream
-- A stream, or the part of it after and up to a version.
SELECT stream_id, version, topic, at, state
FROM register.events
WHERE stream_id = %(stream_id)s AND version > %(gt)s AND version <= %(lte)s
ORDER BY version

-- name: append
INSERT INTO register.events (stream_id, version, topic, at, state)
VALUES (%(stream_id)s, %(version)s, %(topic)s, %(at)s, %(state)s)

-- name: append_and_remember
-- An event and the command that it answers, wholly or not at all.
WITH remembered AS (
    INSERT INTO register.commands (account_id, key, fingerprint, outcome)
    VALUES (%(account_id)s, %(key)s, %(fingerprint)s, %(outcome)s)
)
INSERT INTO register.events (stream_id, version, topic, at, state)
VALUES (%(stream_id)s, %(version)s, %(topic)s, %(at)s, %(state)s)

-- name: stored_state
SELECT state FROM register.events WHERE stream_id = %(stream_id)s AND version = %(version)s

-- name: done_command
SELECT fingerprint, outcome FROM register.commands
WHERE account_id = %(account_id)s AND key = %(key)s

-- name: remember
INSERT INTO register.commands (account_id, key, fingerprint, outcome)
VALUES (%(account_id)s, %(key)s, %(fingerprint)s, %(outcome)s)
ON CONFLICT DO NOTHING

-- name: next_number
-- The next number of a counter. It may take a transaction id, so within a transaction it comes
-- after the locks.
SELECT nextval(%(counter)s::regclass) AS number

-- name: helps
-- What a household, and those that count as one with it, were granted since a day.
SELECT dote_id, category, granted_at, cents FROM register.exposure
WHERE household_id = ANY (register.household_group(%(household_id)s)) AND granted_at > %(since)s AND cents > 0
ORDER BY granted_at

-- name: look
-- What other doti granted since a day to a dote's household, and those that count as one with it,
-- and its budget line: to be shown.
SELECT (SELECT coalesce(jsonb_agg(jsonb_build_array(category, granted_at, cents)), '[]')
        FROM register.exposure
        WHERE household_id = ANY (register.household_group(%(household_id)s))
          AND dote_id <> %(dote_id)s
          AND granted_at > %(since)s AND cents > 0) AS helps,
       line.available_cents, line.committed_cents, line.disbursed_cents, line.documented_cents,
       line.disallowed_cents
FROM (VALUES (1)) AS one
LEFT JOIN register.budget_lines line
    ON line.partner = %(partner)s AND line.category = %(category)s
