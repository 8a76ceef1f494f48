-- name: known
SELECT credential_id, transports FROM register.factors
WHERE account_id = %(account_id)s AND kind = 'passkey' AND confirmed_at IS NOT NULL
ORDER BY confirmed_at, id

-- name: insert
-- A credential is of one account: no row, if it is kept already.
INSERT INTO register.factors (id, account_id, kind, label, credential_id, public_key, sign_count,
                              transports, confirmed_at, created_at)
VALUES (%(id)s, %(account_id)s, 'passkey', %(label)s, %(credential_id)s, %(public_key)s,
        %(sign_count)s, %(transports)s, %(now)s, %(now)s)
ON CONFLICT (credential_id) DO NOTHING
RETURNING id

-- name: by_credential
SELECT id, public_key FROM register.factors
WHERE account_id = %(account_id)s AND credential_id = %(credential_id)s AND kind = 'passkey'
  AND confirmed_at IS NOT NULL

-- name: use
-- The counter goes on, or is always 0. No row: it did not, or somebody was quicker.
UPDATE register.factors SET sign_count = %(count)s, last_used_at = %(now)s
WHERE id = %(id)s AND (sign_count < %(count)s OR (sign_count = 0 AND %(count)s = 0))
RETURNING id
