-- Payments that somebody looks for, to say that a line of the bank was one of them. Rows are those of
-- payments; a disbursement by hand is called by its dote's number and which one it is.

-- name: near
-- Of each state those that come nearest to an amount: the states in their order, the nearest first.
SELECT found.*
FROM unnest(%(states)s::text[]) WITH ORDINALITY AS asked (state, nth)
CROSS JOIN LATERAL (
    (SELECT p.id, p.dote_id, p.number, p.n, p.state, p.partner, p.category, p.item,
            p.household_id, p.payee_id, p.amount_cents, p.batch_id, p.due_on, p.since,
            p.ordered_at, p.executed_on, p.disbursement_n
     FROM payments p WHERE p.state = asked.state AND p.amount_cents >= %(cents)s
     ORDER BY p.amount_cents, p.executed_on, p.id LIMIT %(limit)s)
    UNION ALL
    (SELECT p.id, p.dote_id, p.number, p.n, p.state, p.partner, p.category, p.item,
            p.household_id, p.payee_id, p.amount_cents, p.batch_id, p.due_on, p.since,
            p.ordered_at, p.executed_on, p.disbursement_n
     FROM payments p WHERE p.state = asked.state AND p.amount_cents < %(cents)s
     ORDER BY p.amount_cents DESC, p.executed_on DESC, p.id DESC LIMIT %(limit)s)
) AS found
ORDER BY abs(found.amount_cents - %(cents)s) > 0, asked.nth, abs(found.amount_cents - %(cents)s),
         found.id
LIMIT %(limit)s

-- name: named
-- By their ids, by the numbers of their doti, or by who is paid: what is open first, then what comes
-- nearest to an amount.
SELECT found.*
FROM (
    SELECT p.id, p.dote_id, p.number, p.n, p.state, p.partner, p.category, p.item, p.household_id,
           p.payee_id, p.amount_cents, p.batch_id, p.due_on, p.since, p.ordered_at, p.executed_on,
           p.disbursement_n
    FROM payments p
    WHERE p.state = ANY (%(states)s)
      AND (p.id = ANY (%(ids)s) OR p.number = ANY (%(numbers)s) OR p.payee_id = ANY (%(payees)s))
    UNION ALL
    SELECT p.number || '/' || h.n, h.dote_id, p.number, h.n, h.state, p.partner, p.category, p.item,
           p.household_id, p.payee_id, h.amount_cents, NULL, NULL, p.since, NULL, h.value_date, h.n
    FROM payment_plans p JOIN paid_by_hand h USING (dote_id)
    WHERE h.state = ANY (%(states)s)
      AND (p.number = ANY (%(of_ids)s) AND p.number || '/' || h.n = ANY (%(ids)s)
           OR p.number = ANY (%(numbers)s) OR p.payee_id = ANY (%(payees)s))
) AS found
ORDER BY array_position(%(states)s::text[], found.state), abs(found.amount_cents - %(cents)s),
         found.id
LIMIT %(limit)s
