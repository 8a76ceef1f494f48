-- name: by_email
-- Whoever signs in with an e-mail; of who is closed there is no password to compare with.
SELECT a.id, CASE WHEN a.closed_at IS NULL THEN c.password_hash END AS password_hash, c.changed_at
FROM register.accounts a LEFT JOIN register.credentials c ON c.account_id = a.id
WHERE a.email = %(email)s

-- name: person
SELECT a.id, a.name, a.email, a.works_for, c.password_hash, c.changed_at
FROM register.accounts a LEFT JOIN register.credentials c ON c.account_id = a.id
WHERE a.id = %(account_id)s

-- name: hold_password
-- Held until the end: who changes it at the same time comes before or after, not in between.
SELECT account_id FROM register.credentials
WHERE account_id = %(account_id)s AND changed_at = %(changed_at)s
FOR SHARE

-- name: rehash
UPDATE register.credentials SET password_hash = %(fresh)s
WHERE account_id = %(account_id)s AND password_hash = %(known)s

-- name: change_password
UPDATE register.credentials SET password_hash = %(fresh)s, changed_at = %(now)s
WHERE account_id = %(account_id)s AND changed_at = %(changed_at)s
RETURNING account_id

-- name: choose_password
INSERT INTO register.credentials (account_id, password_hash, changed_at)
VALUES (%(account_id)s, %(fresh)s, %(now)s)
ON CONFLICT (account_id) DO UPDATE
SET password_hash = excluded.password_hash, changed_at = excluded.changed_at

-- name: invitation
SELECT i.account_id, i.used_at, i.expires_at <= %(now)s AS is_over
FROM register.invitations i JOIN register.accounts a ON a.id = i.account_id
WHERE i.hash = %(hash)s AND a.closed_at IS NULL

-- name: use_invitation
-- Once: of two at the same time, the second one gets no row.
UPDATE register.invitations SET used_at = %(now)s
WHERE hash = %(hash)s AND used_at IS NULL AND expires_at > %(now)s
RETURNING account_id

-- name: use_other_invitations
-- A password was chosen: what other links were made for it are worth nothing any more.
UPDATE register.invitations SET used_at = %(now)s
WHERE account_id = %(account_id)s AND used_at IS NULL
