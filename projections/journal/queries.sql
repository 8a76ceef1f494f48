-- name: page
-- Places of the log, the newest first. To be planned for its values each time: only then are the
-- conditions that are not asked for gone and the indexes of the others of use.
SELECT DISTINCT log_index FROM journal
WHERE log_index > %(after)s AND log_index <= %(upto)s
  AND (%(topic)s::text IS NULL OR topic = %(topic)s)
  AND (%(account_id)s::uuid IS NULL OR account_id = %(account_id)s)
  AND (%(partner)s::text IS NULL OR partner = %(partner)s)
  AND (%(household_id)s::uuid IS NULL OR household_id = %(household_id)s)
  AND (%(dote_id)s::uuid IS NULL OR dote_id = %(dote_id)s)
ORDER BY log_index DESC
LIMIT %(limit)s

-- name: named
-- The dote or household of a number.
SELECT stream_id, dote_id, household_id FROM journal WHERE number = %(number)s ORDER BY log_index LIMIT 1

-- name: numbers
-- What doti and households are called.
SELECT stream_id, number FROM journal
WHERE version = 1 AND nth = 0 AND number IS NOT NULL AND stream_id = ANY (%(ids)s)

-- name: of_household
-- Where the log tells, up to a place, what was granted to a household, or given back by it.
SELECT log_index FROM journal
WHERE household_id = %(household_id)s AND log_index <= %(upto)s AND topic = ANY (%(topics)s)
ORDER BY log_index
