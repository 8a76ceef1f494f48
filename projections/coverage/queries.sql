-- name: standing
-- Each dote that was paid, of some partners (NULL: all): what waits for a decision, and what is
-- missing. What is documented, refunded, not admitted or waiting counts for the oldest payments
-- first; what is left of each payment is missing since its day.
standing AS (
    SELECT c.dote_id, c.partner, c.category, c.paid_cents, c.documented_cents, c.refunded_cents,
           c.disallowed_cents, least(coalesce(w.cents, 0), u.undocumented) AS waiting_cents,
           u.undocumented - least(coalesce(w.cents, 0), u.undocumented) AS missing_cents
    FROM coverage c
    CROSS JOIN LATERAL (SELECT paid_cents - documented_cents - refunded_cents - disallowed_cents
                        AS undocumented) u
    LEFT JOIN (SELECT dote_id, sum(amount_cents)::bigint AS cents
               FROM coverage_waiting GROUP BY dote_id) w USING (dote_id)
    WHERE (%(partners)s::text[] IS NULL OR c.partner = ANY (%(partners)s))
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
        FROM (SELECT p.dote_id, p.value_date, p.amount_cents, s.paid_cents, s.missing_cents,
                     sum(p.amount_cents) OVER (PARTITION BY p.dote_id
                                               ORDER BY p.value_date, p.n)::bigint AS upto
              FROM coverage_payments p JOIN standing s USING (dote_id)
              WHERE s.missing_cents > 0 AND NOT p.back) running
    ) left_over
    GROUP BY dote_id
), whole AS (
    SELECT s.*, a.oldest, coalesce(a.to_30_cents, 0) AS to_30_cents,
           coalesce(a.to_60_cents, 0) AS to_60_cents, coalesce(a.to_90_cents, 0) AS to_90_cents,
           coalesce(a.over_90_cents, 0) AS over_90_cents
    FROM standing s LEFT JOIN aged a USING (dote_id)
)

-- name: groups
-- By partner, or by line; and all together, where neither is told.
WITH {standing}
SELECT CASE WHEN %(by)s::text IN ('partner', 'line') THEN partner END AS partner,
       CASE WHEN %(by)s::text = 'line' THEN category END AS category,
       count(*) AS doti, count(*) FILTER (WHERE missing_cents > 0) AS doti_missing,
       sum(paid_cents)::bigint AS paid_cents, sum(documented_cents)::bigint AS documented_cents,
       sum(waiting_cents)::bigint AS waiting_cents, sum(missing_cents)::bigint AS missing_cents,
       sum(refunded_cents)::bigint AS refunded_cents,
       sum(disallowed_cents)::bigint AS disallowed_cents,
       sum(to_30_cents)::bigint AS to_30_cents, sum(to_60_cents)::bigint AS to_60_cents,
       sum(to_90_cents)::bigint AS to_90_cents, sum(over_90_cents)::bigint AS over_90_cents,
       min(oldest) AS oldest
FROM whole
GROUP BY 1, 2
ORDER BY 1, 2

-- name: doti
-- One row a dote, what is missing longest first. `only_missing`: only where something is.
WITH {standing}
SELECT w.*, d.number, d.item, d.state
FROM whole w JOIN doti d ON d.id = w.dote_id
WHERE (NOT %(only_missing)s OR w.missing_cents > 0)
  AND (%(after_id)s::uuid IS NULL
       OR (coalesce(w.oldest, date 'infinity'), w.dote_id)
          > (coalesce(%(after_oldest)s::date, date 'infinity'), %(after_id)s))
ORDER BY coalesce(w.oldest, date 'infinity'), w.dote_id
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
