-- name: granted
-- What each dote of a household grants it, since a time.
SELECT dote_id, cents FROM exposure
WHERE household_id = %(household_id)s AND granted_at > %(since)s AND cents > 0
ORDER BY granted_at
