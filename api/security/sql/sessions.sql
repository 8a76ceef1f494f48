-- They also run outside of a transaction, and so name their schema.

-- name: begin
INSERT INTO register.sessions
    (hash, id, account_id, proved, began_by, factor_elsewhere, shared_computer,
     created_at, seen_at, idle_s, ends_at)
VALUES (%(hash)s, %(id)s, %(account_id)s, %(proved)s, %(began_by)s, %(factor_elsewhere)s,
        %(shared_computer)s, %(now)s, %(now)s, %(idle_s)s, %(ends_at)s)

-- name: live
-- The session of a token, if it is worth anything, and whether its person has a second factor.
SELECT s.id, s.account_id, s.proved, s.began_by, s.factor_elsewhere, s.shared_computer, s.created_at,
       s.seen_at, s.ends_at,
       EXISTS (SELECT FROM register.factors f
               WHERE f.account_id = s.account_id AND f.confirmed_at IS NOT NULL) AS has_factor
FROM register.sessions s JOIN register.accounts a ON a.id = s.account_id
WHERE s.hash = %(hash)s AND s.ended_at IS NULL AND a.closed_at IS NULL
  AND s.ends_at > %(now)s AND s.seen_at + make_interval(secs => s.idle_s) > %(now)s

-- name: lapsed
-- Whose session it was that is over by time alone: nobody signed out, and nobody ended it.
SELECT s.account_id FROM register.sessions s JOIN register.accounts a ON a.id = s.account_id
WHERE s.hash = %(hash)s AND s.ended_at IS NULL AND a.closed_at IS NULL AND s.proved = 'whole'
  AND s.ends_at > %(since)s

-- name: see
UPDATE register.sessions SET seen_at = %(now)s WHERE hash = %(hash)s AND seen_at < %(now)s

-- name: rotate
-- Another token for the same session; the old one is worth nothing from now on. No row: it was
-- rotated or ended before.
UPDATE register.sessions
SET hash = %(fresh)s, proved = %(proved)s, seen_at = %(now)s, idle_s = %(idle_s)s,
    ends_at = %(ends_at)s, challenge = NULL, challenged_at = NULL
WHERE hash = %(hash)s AND ended_at IS NULL
RETURNING id

-- name: challenge
UPDATE register.sessions SET challenge = %(challenge)s, challenged_at = %(now)s
WHERE hash = %(hash)s AND ended_at IS NULL

-- name: take_challenge
-- It is answered once: of two at the same time, the second one gets no row.
WITH taken AS (
    SELECT hash, challenge, challenged_at FROM register.sessions
    WHERE hash = %(hash)s AND challenge IS NOT NULL FOR UPDATE
)
UPDATE register.sessions s SET challenge = NULL, challenged_at = NULL
FROM taken WHERE s.hash = taken.hash
RETURNING taken.challenge, taken.challenged_at > %(since)s AS is_fresh

-- name: end
UPDATE register.sessions SET ended_at = %(now)s
WHERE hash = %(hash)s AND ended_at IS NULL
RETURNING account_id

-- name: end_one
-- One of the person's own, by its id.
UPDATE register.sessions SET ended_at = %(now)s
WHERE id = %(id)s AND account_id = %(account_id)s AND ended_at IS NULL AND ends_at > %(now)s
RETURNING id

-- name: end_others
-- All of the person's but one (NULL: all).
UPDATE register.sessions SET ended_at = %(now)s
WHERE account_id = %(account_id)s AND ended_at IS NULL AND id IS DISTINCT FROM %(but)s
RETURNING id

-- name: own
SELECT id, shared_computer, created_at, seen_at, ends_at FROM register.sessions
WHERE account_id = %(account_id)s AND proved = 'whole' AND ended_at IS NULL
  AND ends_at > %(now)s AND seen_at + make_interval(secs => idle_s) > %(now)s
ORDER BY seen_at DESC, id

-- name: forget
-- What is over for long.
DELETE FROM register.sessions WHERE account_id = %(account_id)s AND ends_at < %(before)s
