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
