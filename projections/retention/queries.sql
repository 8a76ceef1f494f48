-- name: page
-- What somebody asked to be erased, and what time will erase within so many days: once a household,
-- what was asked for first, then what comes first. Days are those of `domain.retention`: the first
-- one after the last one that something is kept.
WITH counted AS (
    SELECT household_id, number, partner, asked_at, asked_by,
           array_agg(household_id) OVER merged AS members,
           max(seen_on) OVER merged AS seen_on,
           max(moved_on) OVER merged AS moved_on,
           max(held_until) OVER merged AS held_until,
           bool_and(coalesce(notes_erased_on >= seen_on, false)) OVER merged AS notes_erased
    FROM kept_households
    WINDOW merged AS (PARTITION BY coalesce(merged_into, household_id))
), dated AS (
    SELECT *,
           (date_trunc('month', seen_on::timestamp) + make_interval(months => %(notes_months)s))::date
               + least(extract(day FROM seen_on)::integer, 28) AS notes_on,
           CASE WHEN moved_on IS NOT NULL  -- least() passes over what is not there
                THEN make_date(least(extract(year FROM moved_on)::integer + %(accounting_years)s, 9998)
                               + 1, 1, 1) END AS papers_on
    FROM counted
), timed AS (
    SELECT *, CASE WHEN greatest(notes_on, papers_on) <= %(horizon)s THEN 'household'
                   WHEN notes_on <= %(horizon)s AND NOT notes_erased THEN 'notes' END AS what
    FROM dated
), wanted AS (
    SELECT *, CASE what WHEN 'household' THEN greatest(notes_on, papers_on) ELSE notes_on END AS due_on
    FROM timed
    WHERE asked_at IS NOT NULL
       OR (what IS NOT NULL AND NOT EXISTS (
               SELECT FROM doti d WHERE d.household_id = ANY (members) AND (
                   d.state = ANY (%(open)s)
                   OR (d.state = 'revoked' AND (d.snapshot ->> 'disbursed_cents')::bigint > 0)
                   OR (d.state = 'rejected' AND d.snapshot -> 'appeal' ->> 'lodged_at' IS NOT NULL
                       AND d.snapshot -> 'appeal' ->> 'accepted' IS NULL))))
), listed AS (
    SELECT w.household_id, number, partner, held_until, asked_at, asked_by,
           CASE WHEN asked_at IS NULL THEN w.what ELSE 'household' END AS what,
           CASE WHEN asked_at IS NULL THEN due_on END AS due_on,
           -- An entry of before something happened again does not count.
           CASE WHEN asked_at IS NULL AND n.listed_on >= due_on - %(notice_days)s
                THEN n.listed_on END AS listed_on
    FROM wanted w
    LEFT JOIN erasure_notices n ON n.household_id = w.household_id AND n.what = w.what
), ordered AS (
    SELECT *, CASE WHEN asked_at IS NULL
                   -- Under other times it did not stand here for these.
                   THEN greatest(due_on, greatest(coalesce(listed_on, %(today)s), %(adopted_on)s::date)
                                         + %(notice_days)s,
                                 held_until + 1) END AS on_day
    FROM listed
    WHERE %(partners)s::text[] IS NULL OR partner = ANY (%(partners)s)
)
SELECT household_id, number, partner, what, due_on, listed_on, on_day, held_until, asked_at, asked_by
FROM ordered
WHERE %(after_id)s::uuid IS NULL
   OR (coalesce(on_day, date '0001-01-01'), household_id)
      > (coalesce(%(after_day)s::date, date '0001-01-01'), %(after_id)s)
ORDER BY coalesce(on_day, date '0001-01-01'), household_id
LIMIT %(limit)s
