-- They also run outside of a transaction, and so name their schema.

-- name: insert_account
-- A person; the name is what identifies one.
INSERT INTO register.accounts (id, name, known_as) VALUES (%(id)s, %(name)s, %(known_as)s)
ON CONFLICT (known_as) DO NOTHING

-- name: account_by_name
SELECT id FROM register.accounts WHERE known_as = %(known_as)s

-- name: names
SELECT id, name FROM register.accounts WHERE id = ANY (%(ids)s)

-- name: insert_token
INSERT INTO register.tokens (hash, account_id, role, partner)
VALUES (%(hash)s, %(account_id)s, %(role)s, %(partner)s)

-- name: token
-- What a token that was not revoked grants.
SELECT account_id, role, partner FROM register.tokens WHERE hash = %(hash)s AND revoked_at IS NULL

-- name: revoke_token
UPDATE register.tokens SET revoked_at = now() WHERE hash = %(hash)s AND revoked_at IS NULL
RETURNING account_id
