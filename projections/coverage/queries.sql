-- name: groups
-- By partner, or by line; and all together, where neither is told. What is missing is told by how
-- many days ago it was paid.
WITH lines AS (
    SELECT CASE WHEN %(by)s::text IN ('partner', 'line') THEN partner END AS partner,
           CASE WHEN %(by)s::text = 'line' THEN category END AS category,
           sum(doti)::bigint AS doti, sum(paid_cents)::bigint AS paid_cents,
           sum(documented_cents)::bigint AS documented_cents,
           sum(waiting_cents)::bigint AS waiting_cents,
           sum(missing_cents)::bigint AS missing_cents,
           sum(refunded_cents)::bigint AS refunded_cents,
           sum(disallowed_cents)::bigint AS disallowed_cents
    FROM coverage_lines
    WHERE (%(partners)s::text[] IS NULL OR partner = ANY (%(partners)s))
      AND (%(partner)s::text IS NULL OR partner = %(partner)s)
      AND (%(category)s::text IS NULL OR category = %(category)s)
    GROUP BY 1, 2
), missing AS (
    SELECT CASE WHEN %(by)s::text IN ('partner', 'line') THEN partner END AS partner,
           CASE WHEN %(by)s::text = 'line' THEN category END AS category,
           count(DISTINCT dote_id) AS doti_missing, {ages}, min(value_date) AS oldest
    FROM coverage_missing
    WHERE (%(partners)s::text[] IS NULL OR partner = ANY (%(partners)s))
      AND (%(partner)s::text IS NULL OR partner = %(partner)s)
      AND (%(category)s::text IS NULL OR category = %(category)s)
    GROUP BY 1, 2
)
SELECT s.*, coalesce(m.doti_missing, 0) AS doti_missing,
       coalesce(m.to_30_cents, 0) AS to_30_cents, coalesce(m.to_60_cents, 0) AS to_60_cents,
       coalesce(m.to_90_cents, 0) AS to_90_cents, coalesce(m.over_90_cents, 0) AS over_90_cents,
       m.oldest
FROM lines s LEFT JOIN missing m
  ON (m.partner, m.category) IS NOT DISTINCT FROM (s.partner, s.category)
ORDER BY s.partner, s.category

-- name: ages
-- What is missing, by how many days ago it was paid.
coalesce(sum(cents) FILTER (WHERE %(today)s::date - value_date <= 30), 0)::bigint AS to_30_cents,
coalesce(sum(cents) FILTER (WHERE %(today)s::date - value_date BETWEEN 31 AND 60), 0)::bigint
    AS to_60_cents,
coalesce(sum(cents) FILTER (WHERE %(today)s::date - value_date BETWEEN 61 AND 90), 0)::bigint
    AS to_90_cents,
coalesce(sum(cents) FILTER (WHERE %(today)s::date - value_date > 90), 0)::bigint AS over_90_cents

-- name: doti
-- One row a dote, what is missing longest first. `only_missing`: only where something is.
SELECT c.dote_id, c.partner, c.category, c.paid_cents, c.documented_cents, c.waiting_cents,
       c.missing_cents, c.refunded_cents, c.disallowed_cents, aged.*, c.oldest, d.number, d.item,
       d.state
FROM (
    SELECT * FROM coverage
    WHERE {only_missing}
      AND (%(partners)s::text[] IS NULL OR partner = ANY (%(partners)s))
      AND (%(partner)s::text IS NULL OR partner = %(partner)s)
      AND (%(category)s::text IS NULL OR category = %(category)s)
      AND (%(after_id)s::uuid IS NULL
           OR (coalesce(oldest, date 'infinity'), dote_id)
              > (coalesce(%(after_oldest)s::date, date 'infinity'), %(after_id)s))
    ORDER BY coalesce(oldest, date 'infinity'), dote_id
    LIMIT %(limit)s
) c
JOIN doti d ON d.id = c.dote_id
CROSS JOIN LATERAL (SELECT {ages} FROM coverage_missing m WHERE m.dote_id = c.dote_id) aged
ORDER BY coalesce(c.oldest, date 'infinity'), c.dote_id

-- name: waiting
-- Receipts that wait for a decision, the oldest first.
SELECT w.dote_id, w.n, w.amount_cents, w.since
FROM coverage_waiting w
WHERE (%(partners)s::text[] IS NULL OR w.partner = ANY (%(partners)s))
  AND (%(after_id)s::uuid IS NULL
       OR (w.since, w.dote_id, w.n) > (%(after_since)s::timestamptz, %(after_id)s, %(after_n)s))
ORDER BY w.since, w.dote_id, w.n
LIMIT %(limit)s
