-- name: postings
-- The newest postings of a filter, before a place of the log.
SELECT e.log_index, e.nth, e.partner, e.category, e.account, e.cents, e.balance_cents, e.dote_id,
       e.event_type, e.at
FROM ledger_entries e
WHERE e.log_index < %(before)s AND {filter}
ORDER BY e.log_index DESC, e.nth
LIMIT %(limit)s

-- name: sums
-- What the postings of a filter come to on each account, and how many events they are of.
SELECT e.account, count(DISTINCT e.log_index) AS events,
       coalesce(sum(e.cents) FILTER (WHERE e.cents > 0), 0)::bigint AS added_cents,
       coalesce(sum(e.cents) FILTER (WHERE e.cents < 0), 0)::bigint AS taken_cents
FROM ledger_entries e
WHERE {filter}
GROUP BY e.account

-- name: sums_of_kind
-- The same of all that a kind of event ever moved, where each of them posts on an account once.
SELECT e.account, sum(e.postings)::bigint AS events, sum(e.added_cents)::bigint AS added_cents,
       sum(e.taken_cents)::bigint AS taken_cents
FROM ledger_kinds e
WHERE {filter}
GROUP BY e.account

-- name: months
-- What the accounts of lines gained, by month; all before the year in one row.
SELECT CASE WHEN m.month < %(first)s THEN NULL ELSE m.month END AS month, m.account,
       sum(m.cents)::bigint AS cents
FROM ledger_months m
WHERE m.month <= %(last)s AND m.partner <> ''
  AND (%(partners)s::text[] IS NULL OR m.partner = ANY (%(partners)s))
  AND (%(partner)s::text IS NULL OR m.partner = %(partner)s)
  AND (%(category)s::text IS NULL OR m.category = %(category)s)
GROUP BY 1, 2

-- name: years
SELECT extract(year FROM min(month))::int AS first, extract(year FROM max(month))::int AS last
FROM ledger_months
WHERE partner <> '' AND (%(partners)s::text[] IS NULL OR partner = ANY (%(partners)s))
