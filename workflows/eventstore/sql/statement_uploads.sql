-- They also run outside of a transaction, and so name their schema. Each names whose file it is:
-- somebody else's is not there.

-- name: keep
INSERT INTO register.statement_uploads (id, account_id, bank_account, sealed_file, sealed_choice,
    saved_at, expires_at)
VALUES (%(id)s, %(account_id)s, %(bank_account)s, %(sealed_file)s, %(sealed_choice)s, %(now)s,
    %(expires_at)s)
ON CONFLICT (id) DO NOTHING

-- name: choose
UPDATE register.statement_uploads
SET sealed_choice = %(sealed_choice)s, saved_at = %(now)s, expires_at = %(expires_at)s
WHERE id = %(id)s AND account_id = %(account_id)s

-- name: own
SELECT id, bank_account, sealed_file, sealed_choice, saved_at FROM register.statement_uploads
WHERE id = %(id)s AND account_id = %(account_id)s AND expires_at > %(now)s

-- name: own_all
SELECT id, bank_account, sealed_choice, saved_at FROM register.statement_uploads
WHERE account_id = %(account_id)s AND expires_at > %(now)s
ORDER BY saved_at DESC, id LIMIT %(limit)s

-- name: throw_away
DELETE FROM register.statement_uploads WHERE id = %(id)s AND account_id = %(account_id)s

-- name: forget_old
DELETE FROM register.statement_uploads WHERE expires_at <= %(now)s
