-- What may be paid.

-- name: asked
-- The conditions of each statement; those that are not asked for fold away.
p.state = 'due' AND (p.due_on IS NULL OR p.due_on <= %(until)s)
  AND (%(partner)s::text IS NULL OR p.partner = %(partner)s)
  AND (%(category)s::text IS NULL OR p.category = %(category)s)
  AND (%(payees)s::uuid[] IS NULL OR p.payee_id = ANY (%(payees)s))
  AND (%(by_transfer)s::boolean IS NULL OR %(by_transfer)s = (
        EXISTS (SELECT FROM payee_identities i WHERE i.dote_id = p.dote_id AND i.kind = 'iban')
        OR EXISTS (SELECT FROM payees y WHERE y.id = p.payee_id AND y.iban_token IS NOT NULL)))

-- name: page
-- Who is paid together.
SELECT p.id, p.dote_id, p.number, p.n, p.state, p.partner, p.category, p.item, p.household_id,
       p.payee_id, p.amount_cents, p.batch_id, NULL AS batch_number, NULL AS method,
       NULL::date AS execution_date, p.due_on, p.since, p.ordered_at, p.executed_on,
       p.disbursement_n
FROM payments p
WHERE {asked}
  AND (%(after_payee)s::uuid IS NULL OR (p.payee_id, p.id) > (%(after_payee)s, %(after_id)s))
ORDER BY p.payee_id, p.id LIMIT %(limit)s

-- name: payable
-- All of it but what waits until another IBAN is confirmed.
SELECT p.dote_id, p.amount_cents
FROM payments p
WHERE {asked}
  AND NOT EXISTS (SELECT FROM frozen_payees f WHERE f.payee_id = p.payee_id)
ORDER BY p.payee_id, p.id LIMIT %(limit)s

-- name: totals
SELECT count(*) AS payments, coalesce(sum(p.amount_cents), 0)::bigint AS cents,
       count(DISTINCT p.payee_id) AS payees, count(f.payee_id) AS frozen,
       coalesce(sum(p.amount_cents) FILTER (WHERE f.payee_id IS NOT NULL), 0)::bigint
           AS frozen_cents
FROM payments p LEFT JOIN frozen_payees f ON f.payee_id = p.payee_id
WHERE {asked}
