-- name: lacking
-- Doti of some partners (NULL: all) of which something waits for a decision or is missing. What is
-- documented, refunded, not admitted or waiting counts for the oldest payments first; what is left
-- of each payment is missing since its day.
undocumented AS (
    SELECT c.dote_id, c.partner, c.category, c.paid_cents,
           least(coalesce(w.cents, 0), c.undocumented_cents) AS waiting_cents,
           c.undocumented_cents - least(coalesce(w.cents, 0), c.undocumented_cents)
               AS missing_cents
    FROM coverage c
    LEFT JOIN (SELECT dote_id, sum(amount_cents)::bigint AS cents
               FROM coverage_waiting GROUP BY dote_id) w USING (dote_id)
    WHERE c.undocumented_cents > 0
      AND (%(partners)s::text[] IS NULL OR c.partner = ANY (%(partners)s))
      AND (%(partner)s::text IS NULL OR c.partner = %(partner)s)
      AND (%(category)s::text IS NULL OR c.category = %(category)s)
), aged AS (
    SELECT dote_id, min(value_date) FILTER (WHERE cents > 0) AS oldest,
           coalesce(sum(cents) FILTER (WHERE days <= 30), 0)::bigint AS to_30_cents,
           coalesce(sum(cents) FILTER (WHERE days > 30 AND days <= 60), 0)::bigint AS to_60_cents,
           coalesce(sum(cents) FILTER (WHERE days > 60 AND days <= 90), 0)::bigint AS to_90_cents,
           coalesce(sum(cents) FILTER (WHERE days > 90), 0)::bigint AS over_90_cents
    FROM (
        SELECT dote_id, value_date, %(today)s::date - value_date AS days,
               greatest(least(amount_cents, upto - (paid_cents - missing_cents)), 0) AS cents
        FROM (SELECT p.dote_id, p.value_date, p.amount_cents, u.paid_cents, u.missing_cents,
                     sum(p.amount_cents) OVER (PARTITION BY p.dote_id
                                               ORDER BY p.value_date, p.n)::bigint AS upto
              FROM coverage_payments p JOIN undocumented u USING (dote_id)
              WHERE u.missing_cents > 0 AND NOT p.back) running
    ) left_over
    GROUP BY dote_id
), lacking AS (
    SELECT u.dote_id, u.partner, u.category, u.waiting_cents, u.missing_cents, a.oldest,
           coalesce(a.to_30_cents, 0) AS to_30_cents, coalesce(a.to_60_cents, 0) AS to_60_cents,
           coalesce(a.to_90_cents, 0) AS to_90_cents, coalesce(a.over_90_cents, 0) AS over_90_cents
    FROM undocumented u LEFT JOIN aged a USING (dote_id)
)

-- name: groups
-- By partner, or by line; and all together, where neither is told. All doti are summed up; only of
-- those that lack something it is looked what.
WITH {lacking}, sums AS (
    SELECT CASE WHEN %(by)s::text IN ('partner', 'line') THEN c.partner END AS partner,
           CASE WHEN %(by)s::text = 'line' THEN c.category END AS category,
           count(*) AS doti, sum(c.paid_cents)::bigint AS paid_cents,
           sum(c.documented_cents)::bigint AS documented_cents,
           sum(c.refunded_cents)::bigint AS refunded_cents,
           sum(c.disallowed_cents)::bigint AS disallowed_cents
    FROM coverage c
    WHERE (%(partners)s::text[] IS NULL OR c.partner = ANY (%(partners)s))
      AND (%(partner)s::text IS NULL OR c.partner = %(partner)s)
      AND (%(category)s::text IS NULL OR c.category = %(category)s)
    GROUP BY 1, 2
), missing AS (
    SELECT CASE WHEN %(by)s::text IN ('partner', 'line') THEN partner END AS partner,
           CASE WHEN %(by)s::text = 'line' THEN category END AS category,
           count(*) FILTER (WHERE missing_cents > 0) AS doti_missing,
           sum(waiting_cents)::bigint AS waiting_cents, sum(missing_cents)::bigint AS missing_cents,
           sum(to_30_cents)::bigint AS to_30_cents, sum(to_60_cents)::bigint AS to_60_cents,
           sum(to_90_cents)::bigint AS to_90_cents, sum(over_90_cents)::bigint AS over_90_cents,
           min(oldest) AS oldest
    FROM lacking GROUP BY 1, 2
)
SELECT s.partner, s.category, s.doti, coalesce(m.doti_missing, 0) AS doti_missing, s.paid_cents,
       s.documented_cents, coalesce(m.waiting_cents, 0) AS waiting_cents,
       coalesce(m.missing_cents, 0) AS missing_cents, s.refunded_cents, s.disallowed_cents,
       coalesce(m.to_30_cents, 0) AS to_30_cents, coalesce(m.to_60_cents, 0) AS to_60_cents,
       coalesce(m.to_90_cents, 0) AS to_90_cents, coalesce(m.over_90_cents, 0) AS over_90_cents,
       m.oldest
FROM sums s LEFT JOIN missing m
  ON (m.partner, m.category) IS NOT DISTINCT FROM (s.partner, s.category)
ORDER BY 1, 2

-- name: doti
-- One row a dote, what is missing longest first. `only_missing`: only where something is.
WITH {lacking}
SELECT c.dote_id, c.partner, c.category, c.paid_cents, c.documented_cents,
       coalesce(l.waiting_cents, 0) AS waiting_cents, coalesce(l.missing_cents, 0) AS missing_cents,
       c.refunded_cents, c.disallowed_cents, coalesce(l.to_30_cents, 0) AS to_30_cents,
       coalesce(l.to_60_cents, 0) AS to_60_cents, coalesce(l.to_90_cents, 0) AS to_90_cents,
       coalesce(l.over_90_cents, 0) AS over_90_cents, l.oldest, d.number, d.item, d.state
FROM coverage c LEFT JOIN lacking l USING (dote_id) JOIN doti d ON d.id = c.dote_id
WHERE (NOT %(only_missing)s OR l.missing_cents > 0)
  AND (%(partners)s::text[] IS NULL OR c.partner = ANY (%(partners)s))
  AND (%(partner)s::text IS NULL OR c.partner = %(partner)s)
  AND (%(category)s::text IS NULL OR c.category = %(category)s)
  AND (%(after_id)s::uuid IS NULL
       OR (coalesce(l.oldest, date 'infinity'), c.dote_id)
          > (coalesce(%(after_oldest)s::date, date 'infinity'), %(after_id)s))
ORDER BY coalesce(l.oldest, date 'infinity'), c.dote_id
LIMIT %(limit)s

-- name: waiting
-- Receipts that wait for a decision, the oldest first.
SELECT w.dote_id, w.n, w.amount_cents, w.since
FROM coverage_waiting w
WHERE (%(partners)s::text[] IS NULL OR w.partner = ANY (%(partners)s))
  AND (%(after_id)s::uuid IS NULL
       OR (w.since, w.dote_id, w.n) > (%(after_since)s::timestamptz, %(after_id)s, %(after_n)s))
ORDER BY w.since, w.dote_id, w.n
LIMIT %(limit)s
