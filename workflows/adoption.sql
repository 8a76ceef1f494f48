-- Statements that also run outside of a transaction: they name their schemas.

-- name: without_events
-- Accounts that an older version left.
SELECT a.id FROM register.accounts a
WHERE NOT EXISTS (
    SELECT FROM register.events e WHERE e.stream_id = a.id AND e.topic = 'AccountOpened')
ORDER BY a.created_at, a.id

-- name: account
SELECT name, works_for FROM register.accounts WHERE id = %(id)s

-- name: tokens
SELECT id, role, partner, label, read_only, until, created_at, revoked_at
FROM register.tokens WHERE account_id = %(id)s
ORDER BY created_at, id
