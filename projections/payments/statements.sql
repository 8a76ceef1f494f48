-- name: plans
SELECT dote_id, number, partner, category, item, household_id, payee_id, approved_cents,
       disbursed_cents, tranches, since, is_open, by_hand
FROM payment_plans WHERE dote_id = ANY (%(ids)s)

-- name: orders
-- What was ordered on some doti, whatever became of it.
SELECT dote_id, n, state, amount_cents, payee_id, batch_id, since, ordered_at, executed_on,
       disbursement_n
FROM payments WHERE dote_id = ANY (%(ids)s) AND state <> 'due' ORDER BY n

-- name: save_plans
INSERT INTO payment_plans (dote_id, number, partner, category, item, household_id, payee_id,
                           approved_cents, disbursed_cents, tranches, since, is_open, by_hand)
SELECT dote_id, number, partner, category, item, household_id, payee_id, approved_cents,
       disbursed_cents, tranches, since, is_open, by_hand
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
    dote_id uuid, number text, partner text, category text, item text, household_id uuid,
    payee_id uuid, approved_cents bigint, disbursed_cents bigint, tranches jsonb,
    since timestamptz, is_open boolean, by_hand integer)
ON CONFLICT (dote_id) DO UPDATE SET
    payee_id = excluded.payee_id, approved_cents = excluded.approved_cents,
    disbursed_cents = excluded.disbursed_cents, tranches = excluded.tranches,
    since = excluded.since, is_open = excluded.is_open, by_hand = excluded.by_hand

-- name: remove_payments
DELETE FROM payments WHERE dote_id = ANY (%(ids)s)

-- name: save_payments
INSERT INTO payments (id, dote_id, number, n, state, partner, category, item, household_id,
                      payee_id, amount_cents, batch_id, due_on, since, ordered_at, executed_on,
                      disbursement_n)
SELECT id, dote_id, number, n, state, partner, category, item, household_id, payee_id,
       amount_cents, batch_id, due_on, since, ordered_at, executed_on, disbursement_n
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (
    id text, dote_id uuid, number text, n integer, state text, partner text, category text,
    item text, household_id uuid, payee_id uuid, amount_cents bigint, batch_id uuid, due_on date,
    since timestamptz, ordered_at timestamptz, executed_on date, disbursement_n integer)

-- name: freeze
INSERT INTO frozen_payees (payee_id) VALUES (%(id)s) ON CONFLICT DO NOTHING

-- name: thaw
DELETE FROM frozen_payees WHERE payee_id = %(id)s

-- name: prepare
INSERT INTO payment_batches (id, version, number, method, execution_date, state, payments,
                             total_cents, prepared_at, prepared_by)
VALUES (%(id)s, 1, %(number)s, %(method)s, %(execution_date)s, 'prepared', %(payments)s,
        %(total_cents)s, %(at)s, %(by)s)

-- name: authorise
UPDATE payment_batches
SET version = %(version)s, state = 'authorised', authorised_at = %(at)s, authorised_by = %(by)s
WHERE id = %(id)s

-- name: export
UPDATE payment_batches SET version = %(version)s, exported_at = %(at)s WHERE id = %(id)s

-- name: cancel
UPDATE payment_batches SET version = %(version)s, state = 'cancelled' WHERE id = %(id)s
