-- name: tokens
-- All tokens with their person. The id is the beginning of what is kept of a token.
SELECT left(encode(t.hash, 'hex'), 12) AS id, a.name, t.role, t.partner, a.works_for,
       t.created_at, t.revoked_at
FROM tokens t JOIN accounts a ON a.id = t.account_id
ORDER BY t.created_at, id

-- name: revoke
UPDATE tokens SET revoked_at = now()
WHERE left(encode(hash, 'hex'), 12) = %(id)s AND revoked_at IS NULL
