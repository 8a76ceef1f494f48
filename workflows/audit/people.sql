-- name: account_events
-- Every event of every account, numbered or not, stream by stream.
SELECT stream_id, version, topic, state FROM events WHERE topic = ANY (%(topics)s)
ORDER BY stream_id, version

-- name: delegations
SELECT id, account_id, to_account, role, partner, since, until, max_cents, ended_at
FROM delegations

-- name: conflicts
SELECT id, account_id, household_id, member, tokens, lifted_at FROM conflicts
