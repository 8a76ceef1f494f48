-- name: payments
-- Payments in some states, in the order of their names.
SELECT p.id, p.dote_id, p.number, p.n, p.state, p.partner, p.category, p.item, p.household_id,
       p.payee_id, p.amount_cents, p.batch_id, b.number AS batch_number, b.method,
       b.execution_date, p.due_on, p.since, p.ordered_at, p.executed_on, p.disbursement_n
FROM payments p LEFT JOIN payment_batches b ON b.id = p.batch_id
WHERE p.state = ANY (%(states)s)
  AND (%(after)s::text IS NULL OR p.id > %(after)s)
ORDER BY p.id LIMIT %(limit)s

-- name: payments_of_batch
SELECT p.id, p.dote_id, p.number, p.n, p.state, p.partner, p.category, p.item, p.household_id,
       p.payee_id, p.amount_cents, p.batch_id, b.number AS batch_number, b.method,
       b.execution_date, p.due_on, p.since, p.ordered_at, p.executed_on, p.disbursement_n
FROM payments p JOIN payment_batches b ON b.id = p.batch_id
WHERE p.batch_id = %(batch_id)s ORDER BY p.id

-- name: batches
-- The newest batches first.
SELECT id, version, number, method, execution_date, state, payments, total_cents, prepared_at,
       prepared_by, authorised_at, authorised_by, exported_at,
       (SELECT count(*) FROM payments p WHERE p.batch_id = b.id AND p.state = 'executed')
           AS executed
FROM payment_batches b
WHERE (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(after_at)s::timestamptz IS NULL
       OR (prepared_at, id) < (%(after_at)s, %(after_id)s::uuid))
ORDER BY prepared_at DESC, id DESC LIMIT %(limit)s
