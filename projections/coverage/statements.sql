-- name: change
-- What doti were paid more or less, and what of it was decided.
INSERT INTO coverage (dote_id, partner, category, paid_cents, documented_cents, refunded_cents,
    disallowed_cents)
SELECT dote_id, partner, category, paid_cents, documented_cents, refunded_cents, disallowed_cents
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (dote_id uuid, partner text, category text,
    paid_cents bigint, documented_cents bigint, refunded_cents bigint, disallowed_cents bigint)
ON CONFLICT (dote_id) DO UPDATE SET
    paid_cents = coverage.paid_cents + excluded.paid_cents,
    documented_cents = coverage.documented_cents + excluded.documented_cents,
    refunded_cents = coverage.refunded_cents + excluded.refunded_cents,
    disallowed_cents = coverage.disallowed_cents + excluded.disallowed_cents

-- name: paid
INSERT INTO coverage_payments (dote_id, n, partner, amount_cents, value_date)
VALUES (%(dote_id)s, %(n)s, %(partner)s, %(amount_cents)s, %(value_date)s)

-- name: came_back
-- Or did not, after all.
UPDATE coverage_payments SET back = %(back)s WHERE dote_id = %(dote_id)s AND n = %(n)s

-- name: waits
-- A receipt says of no partner; its dote was paid before.
INSERT INTO coverage_waiting (dote_id, n, partner, amount_cents, since)
SELECT %(dote_id)s, %(n)s, partner, %(amount_cents)s, %(since)s
FROM coverage WHERE dote_id = %(dote_id)s

-- name: decided
DELETE FROM coverage_waiting WHERE dote_id = %(dote_id)s AND n = %(n)s

-- name: lines_without
-- The sums of lines, less some of their doti as they stand now.
UPDATE coverage_lines l
SET doti = l.doti - t.doti, paid_cents = l.paid_cents - t.paid_cents,
    documented_cents = l.documented_cents - t.documented_cents,
    waiting_cents = l.waiting_cents - t.waiting_cents,
    missing_cents = l.missing_cents - t.missing_cents,
    refunded_cents = l.refunded_cents - t.refunded_cents,
    disallowed_cents = l.disallowed_cents - t.disallowed_cents
FROM (SELECT partner, category, count(*) AS doti, sum(paid_cents) AS paid_cents,
             sum(documented_cents) AS documented_cents, sum(waiting_cents) AS waiting_cents,
             sum(missing_cents) AS missing_cents, sum(refunded_cents) AS refunded_cents,
             sum(disallowed_cents) AS disallowed_cents
      FROM coverage WHERE dote_id = ANY (%(doti)s) GROUP BY partner, category) t
WHERE (l.partner, l.category) = (t.partner, t.category)

-- name: lines_with
-- The same with them.
INSERT INTO coverage_lines (partner, category, doti, paid_cents, documented_cents, waiting_cents,
    missing_cents, refunded_cents, disallowed_cents)
SELECT partner, category, count(*), sum(paid_cents), sum(documented_cents), sum(waiting_cents),
       sum(missing_cents), sum(refunded_cents), sum(disallowed_cents)
FROM coverage WHERE dote_id = ANY (%(doti)s) GROUP BY partner, category
ON CONFLICT (partner, category) DO UPDATE SET
    doti = coverage_lines.doti + excluded.doti,
    paid_cents = coverage_lines.paid_cents + excluded.paid_cents,
    documented_cents = coverage_lines.documented_cents + excluded.documented_cents,
    waiting_cents = coverage_lines.waiting_cents + excluded.waiting_cents,
    missing_cents = coverage_lines.missing_cents + excluded.missing_cents,
    refunded_cents = coverage_lines.refunded_cents + excluded.refunded_cents,
    disallowed_cents = coverage_lines.disallowed_cents + excluded.disallowed_cents

-- name: forget_missing
DELETE FROM coverage_missing WHERE dote_id = ANY (%(doti)s)

-- name: set_waiting
-- What is handed in counts for what is undocumented, and no further.
UPDATE coverage c
SET waiting_cents = w.cents, missing_cents = greatest(c.undocumented_cents, 0) - w.cents
FROM (SELECT o.dote_id,
             least(coalesce(sum(w.amount_cents), 0), greatest(o.undocumented_cents, 0)) AS cents
      FROM coverage o LEFT JOIN coverage_waiting w USING (dote_id)
      WHERE o.dote_id = ANY (%(doti)s)
      GROUP BY o.dote_id) w
WHERE c.dote_id = w.dote_id

-- name: set_missing
-- What is documented, refunded, not admitted or waiting counts for the oldest payments first; what
-- is left of each payment is missing since its day.
INSERT INTO coverage_missing (dote_id, n, partner, category, value_date, cents)
SELECT dote_id, n, partner, category, value_date,
       least(amount_cents, upto - (paid_cents - missing_cents))
FROM (SELECT p.dote_id, p.n, c.partner, c.category, p.value_date, p.amount_cents, c.paid_cents,
             c.missing_cents,
             sum(p.amount_cents) OVER (PARTITION BY p.dote_id
                                       ORDER BY p.value_date, p.n)::bigint AS upto
      FROM coverage_payments p JOIN coverage c USING (dote_id)
      WHERE p.dote_id = ANY (%(doti)s) AND c.missing_cents > 0 AND NOT p.back) running
WHERE upto > paid_cents - missing_cents

-- name: set_oldest
UPDATE coverage c
SET oldest = (SELECT min(value_date) FROM coverage_missing m WHERE m.dote_id = c.dote_id)
WHERE c.dote_id = ANY (%(doti)s)
