-- name: account_events
-- Every event of every account, numbered or not, stream by stream.
SELECT stream_id, version, topic, state FROM events WHERE topic = ANY (%(topics)s)
ORDER BY stream_id, version

-- name: delegations
SELECT id, account_id, to_account, role, partner, since, until, max_cents, ended_at
FROM delegations

-- name: conflicts
SELECT id, account_id, household_id, member, tokens, lifted_at FROM conflicts

-- name: accounts
SELECT id, name, known_as, email, works_for, closed_at FROM accounts

-- name: grants
SELECT id, account_id, role, partner, since, until, revoked_at FROM grants

-- name: tokens
-- That a token was revoked, not when: one that an older version revoked keeps the time of then.
SELECT id, account_id, role, partner, label, read_only, until,
       revoked_at IS NOT NULL AS revoked
FROM tokens
