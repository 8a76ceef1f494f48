-- Eight times as many payments that are over, and their doti documented: rows only, for plans.

-- name: payments
INSERT INTO payments (id, dote_id, number, n, state, partner, category, item, household_id,
    payee_id, amount_cents, batch_id, since, ordered_at, executed_on, disbursement_n)
SELECT id || '.' || k, md5(dote_id::text || k)::uuid, number || '.' || k, n, state, partner,
       category, item, household_id, payee_id, amount_cents + k, md5(batch_id::text || k)::uuid,
       since, ordered_at, executed_on, disbursement_n
FROM payments, generate_series(1, 8) AS k WHERE state = 'executed'

-- name: coverage
INSERT INTO coverage (dote_id, partner, category, paid_cents, documented_cents)
SELECT md5(dote_id::text || k)::uuid, partner, category, paid_cents, documented_cents
FROM coverage, generate_series(1, 8) AS k WHERE undocumented_cents = 0

-- name: coverage_payments
INSERT INTO coverage_payments (dote_id, n, partner, amount_cents, value_date)
SELECT md5(dote_id::text || k)::uuid, n, partner, amount_cents, value_date
FROM coverage_payments, generate_series(1, 8) AS k
