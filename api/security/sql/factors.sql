-- name: confirmed
SELECT id, kind, label, confirmed_at, last_used_at FROM register.factors
WHERE account_id = %(account_id)s AND confirmed_at IS NOT NULL
ORDER BY confirmed_at, id

-- name: insert_totp
INSERT INTO register.factors (id, account_id, kind, label, sealed, created_at)
VALUES (%(id)s, %(account_id)s, 'totp', %(label)s, %(sealed)s, %(now)s)

-- name: forget_begun
-- What was begun and never confirmed.
DELETE FROM register.factors
WHERE account_id = %(account_id)s AND kind = %(kind)s AND confirmed_at IS NULL

-- name: begun_totp
SELECT id, sealed FROM register.factors
WHERE id = %(id)s AND account_id = %(account_id)s AND kind = 'totp' AND confirmed_at IS NULL

-- name: confirm_totp
-- The code that confirms is used up by it.
UPDATE register.factors SET confirmed_at = %(now)s, last_step = %(step)s, last_used_at = %(now)s
WHERE id = %(id)s AND account_id = %(account_id)s AND kind = 'totp' AND confirmed_at IS NULL
RETURNING id

-- name: totps
SELECT id, sealed FROM register.factors
WHERE account_id = %(account_id)s AND kind = 'totp' AND confirmed_at IS NOT NULL

-- name: take_step
-- A step of time is taken once: of two at the same time, the second one gets no row.
UPDATE register.factors SET last_step = %(step)s, last_used_at = %(now)s
WHERE id = %(id)s AND confirmed_at IS NOT NULL AND (last_step IS NULL OR last_step < %(step)s)
RETURNING id

-- name: remove
DELETE FROM register.factors
WHERE id = %(id)s AND account_id = %(account_id)s AND confirmed_at IS NOT NULL

-- name: forget_codes
DELETE FROM register.recovery_codes WHERE account_id = %(account_id)s

-- name: insert_codes
INSERT INTO register.recovery_codes (account_id, hash)
SELECT %(account_id)s, unnest(%(hashes)s::bytea[])

-- name: take_code
UPDATE register.recovery_codes SET used_at = %(now)s
WHERE account_id = %(account_id)s AND hash = %(hash)s AND used_at IS NULL
RETURNING account_id

-- name: codes_left
SELECT count(*) AS left FROM register.recovery_codes
WHERE account_id = %(account_id)s AND used_at IS NULL
