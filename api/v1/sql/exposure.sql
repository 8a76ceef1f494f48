-- name: granted
-- What a household was granted since a time, by category.
SELECT category, sum(cents)::bigint AS cents FROM exposure
WHERE household_id = %(household_id)s AND granted_at > %(since)s AND cents > 0
GROUP BY category ORDER BY category
