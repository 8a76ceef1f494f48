-- name: page
-- The access log, the newest first. To be planned for its values each time: only then are the
-- conditions that are not asked for gone and the indexes of the others of use. The numbers are
-- looked up for the lines of the page only.
SELECT line.*, h.number AS household_number, d.number AS dote_number
FROM (
    SELECT n, at, what, account_id, role, household_id, dote_id, correlation_id, details
    FROM access_log
    WHERE (%(account_id)s::uuid IS NULL OR account_id = %(account_id)s)
      AND (%(household_id)s::uuid IS NULL OR household_id = %(household_id)s)
      AND (%(what)s::text IS NULL OR what = %(what)s)
      AND (%(since)s::timestamptz IS NULL OR at >= %(since)s)
      AND (%(until)s::timestamptz IS NULL OR at < %(until)s)
      AND (%(before)s::bigint IS NULL OR n < %(before)s)
    ORDER BY n DESC
    LIMIT %(limit)s
) line
LEFT JOIN households h ON h.id = line.household_id
LEFT JOIN doti d ON d.id = line.dote_id
ORDER BY n DESC

-- name: who_looked
-- Who looked at a household, as its people are told: days, roles and how often, not who.
SELECT (at AT TIME ZONE 'Europe/Rome')::date AS day, role, what, count(*) AS times
FROM access_log
WHERE household_id = %(household_id)s AND NOT coalesce((details ->> 'masked')::boolean, false)
GROUP BY 1, 2, 3
ORDER BY 1, 2, 3
