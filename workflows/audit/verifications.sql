-- name: ask
-- Nothing where one is open already.
INSERT INTO verifications (asked_at, account_id) VALUES (%(at)s, %(account_id)s)
ON CONFLICT DO NOTHING

-- name: open
SELECT n, begun_at FROM verifications WHERE ended_at IS NULL

-- name: one
SELECT * FROM verifications WHERE n = %(n)s

-- name: newest_result
-- The last one that came to an end.
SELECT * FROM verifications WHERE outcome IN ('intact', 'altered') ORDER BY n DESC LIMIT 1

-- name: page
SELECT * FROM verifications WHERE %(before)s::bigint IS NULL OR n < %(before)s
ORDER BY n DESC LIMIT %(limit)s

-- name: begin
UPDATE verifications SET begun_at = %(at)s WHERE n = %(n)s

-- name: go_on
UPDATE verifications SET done_events = %(done)s, all_events = %(all)s WHERE n = %(n)s

-- name: end
UPDATE verifications
SET ended_at = %(at)s, outcome = %(outcome)s, took_ms = %(took_ms)s, result = %(result)s
WHERE n = %(n)s
