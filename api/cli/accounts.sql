-- name: tokens
-- All tokens with their person.
SELECT t.id::text AS id, a.name, t.role, t.partner, a.works_for, t.label, t.read_only, t.until,
       t.last_used_on, t.created_at, t.revoked_at
FROM tokens t JOIN accounts a ON a.id = t.account_id
ORDER BY t.created_at, t.id
