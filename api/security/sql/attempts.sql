-- name: begin
-- Counts an attempt before it is known to be wrong, unless it has to wait; no row: it has to. So
-- any number of attempts at the same time are at most as many as one after another.
INSERT INTO register.attempts AS known (key, failed, last_at, blocked_until)
VALUES (%(key)s, 1, %(now)s, NULL)
ON CONFLICT (key) DO UPDATE SET
    failed = CASE WHEN known.last_at < %(forgotten)s THEN 1 ELSE known.failed + 1 END,
    last_at = %(now)s,
    blocked_until = CASE
        WHEN known.last_at >= %(forgotten)s AND known.failed + 1 >= %(free)s
        THEN %(now)s + make_interval(secs => least(
            %(first_s)s * 2 ^ least(known.failed + 1 - %(free)s, 20), %(longest_s)s))
    END
WHERE known.blocked_until IS NULL OR known.blocked_until <= %(now)s
RETURNING blocked_until

-- name: blocked_until
SELECT blocked_until FROM register.attempts WHERE key = %(key)s AND blocked_until > %(now)s

-- name: take_back
-- One attempt was right.
UPDATE register.attempts SET failed = greatest(failed - 1, 0), blocked_until = NULL
WHERE key = ANY (%(keys)s)

-- name: relieve
UPDATE register.attempts SET failed = greatest(failed - 1, 0) / 2, blocked_until = NULL
WHERE key = %(key)s

-- name: clear
-- What succeeded is forgotten, and so is what is over for good.
DELETE FROM register.attempts WHERE key = ANY (%(keys)s) OR last_at < %(forgotten)s
