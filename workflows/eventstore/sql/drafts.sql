-- They also run outside of a transaction, and so name their schema. Each names whose draft it is:
-- somebody else's is not there.

-- name: save
-- One that was sent, is somebody else's or was saved after `seen` stays as it is: no row.
INSERT INTO register.drafts AS d (id, account_id, household_id, sealed, saved_at, expires_at)
VALUES (%(id)s, %(account_id)s, %(household_id)s, %(sealed)s, %(now)s, %(expires_at)s)
ON CONFLICT (id) DO UPDATE
SET household_id = excluded.household_id, sealed = excluded.sealed, saved_at = excluded.saved_at,
    expires_at = excluded.expires_at
WHERE d.account_id = excluded.account_id AND d.sent_as IS NULL AND d.expires_at > %(now)s
AND (%(seen)s::timestamptz IS NULL OR d.saved_at = %(seen)s)
RETURNING d.id

-- name: own
SELECT id, household_id, sealed, saved_at, expires_at, sent_as FROM register.drafts
WHERE id = %(id)s AND account_id = %(account_id)s AND expires_at > %(now)s

-- name: own_all
SELECT id, household_id, sealed, saved_at, expires_at, sent_as FROM register.drafts
WHERE account_id = %(account_id)s AND expires_at > %(now)s AND sealed IS NOT NULL
ORDER BY saved_at DESC, id LIMIT %(limit)s

-- name: sent
UPDATE register.drafts SET sealed = NULL, sent_as = %(dote_id)s
WHERE id = %(id)s AND account_id = %(account_id)s

-- name: throw_away
DELETE FROM register.drafts WHERE id = %(id)s AND account_id = %(account_id)s

-- name: forget_old
DELETE FROM register.drafts WHERE expires_at <= %(now)s
