-- name: by_name
-- The payments that lines name, by their own id, their dote or their batch; and those to somebody
-- whom lines tell: to an account what is still open, and to a name what comes to the same. What
-- came back of an account or a name is one of the last that went there.
WITH sought AS (
    SELECT id FROM payments WHERE id = ANY (%(numbers)s)
    UNION
    SELECT id FROM payments WHERE number = ANY (%(numbers)s)
    UNION
    SELECT p.id FROM payment_batches b JOIN payments p ON p.batch_id = b.id
    WHERE b.number = ANY (%(batches)s)
    UNION
    SELECT p.id FROM payees y JOIN payments p ON p.payee_id = y.id
    WHERE y.iban_token = ANY (%(out_ibans)s)
      AND (p.state IN ('due', 'authorised')
           OR p.state IN ('executed', 'returned')
              AND p.executed_on BETWEEN %(since)s AND %(until)s
              AND NOT EXISTS (SELECT FROM bank_shown s WHERE s.dote_id = p.dote_id
                              AND s.n = p.disbursement_n AND s.kind = 'payment'))
    UNION
    SELECT p.id FROM payees y JOIN payments p ON p.payee_id = y.id
    WHERE y.name_token = ANY (%(out_names)s) AND p.amount_cents = ANY (%(out_cents)s)
      AND (p.state IN ('due', 'authorised')
           OR p.state = 'executed' AND p.executed_on BETWEEN %(since)s AND %(until)s)
    UNION
    SELECT p.id FROM payees y JOIN payments p ON p.payee_id = y.id
    WHERE y.name_token = ANY (%(back_names)s) AND p.amount_cents = ANY (%(back_cents)s)
      AND p.state IN ('executed', 'returned')
    UNION
    SELECT last.id
    FROM unnest(%(given_ibans)s::bytea[], %(given_cents)s::bigint[], %(given_until)s::date[])
             AS line (iban_token, cents, until)
    JOIN payees y ON y.iban_token = line.iban_token
    CROSS JOIN LATERAL (
        (SELECT id FROM payments
         WHERE payee_id = y.id AND executed_on <= line.until AND amount_cents >= line.cents
           AND state = 'executed'
           AND EXISTS (SELECT FROM coverage c WHERE c.dote_id = payments.dote_id
                       AND c.paid_cents - c.refunded_cents >= line.cents)
         ORDER BY executed_on DESC, id DESC LIMIT %(spare)s)
        UNION ALL
        (SELECT id FROM payments
         WHERE payee_id = y.id AND executed_on <= line.until AND amount_cents = line.cents
           AND state IN ('executed', 'returned')
         ORDER BY executed_on DESC, id DESC LIMIT %(spare)s)
    ) last
)
SELECT {payment} WHERE p.id = ANY (ARRAY(SELECT id FROM sought))
  AND p.state IN ('due', 'authorised', 'executed', 'returned')

-- name: by_amount
-- The payments that lines can be by what they come to: all that are under way or that no line has
-- shown, in the days of the lines; and the first of those that are due, as many as the lines can
-- be and those that are known by name can take from them.
WITH wanted AS (
    SELECT * FROM unnest(%(cents)s::bigint[], %(sinces)s::date[], %(untils)s::date[],
                         %(most)s::bigint[]) AS amount (cents, since, until, most)
), sought AS (
    SELECT p.id FROM wanted w
    CROSS JOIN LATERAL (SELECT id FROM payments
                        WHERE state = 'due' AND amount_cents = w.cents
                          AND (due_on IS NULL OR due_on <= w.until)
                        ORDER BY executed_on, id LIMIT w.most) p
    UNION ALL
    SELECT p.id FROM wanted w
    JOIN payments p ON p.state = 'authorised' AND p.amount_cents = w.cents
    JOIN payment_batches b ON b.id = p.batch_id AND b.execution_date BETWEEN w.since AND w.until
    UNION ALL
    -- OFFSET: each amount by itself, by the index; the planner would read all that ever went out.
    SELECT p.id FROM wanted w
    CROSS JOIN LATERAL (SELECT id FROM payments
                        WHERE state = 'executed' AND amount_cents = w.cents
                          AND executed_on BETWEEN w.since AND w.until
                          AND NOT EXISTS (SELECT FROM bank_shown s
                                          WHERE s.dote_id = payments.dote_id
                                            AND s.n = payments.disbursement_n
                                            AND s.kind = 'payment')
                        OFFSET 0) p
    UNION ALL
    SELECT p.id
    FROM unnest(%(return_cents)s::bigint[], %(return_until)s::date[]) AS line (cents, until)
    CROSS JOIN LATERAL (
        (SELECT id FROM payments
         WHERE state = 'executed' AND amount_cents = line.cents AND executed_on <= line.until
           AND EXISTS (SELECT FROM coverage c WHERE c.dote_id = payments.dote_id
                       AND c.paid_cents - c.refunded_cents >= line.cents)
         ORDER BY executed_on DESC, id DESC LIMIT %(spare)s)
        UNION ALL
        (SELECT id FROM payments
         WHERE state = 'returned' AND amount_cents = line.cents AND executed_on <= line.until
           AND NOT EXISTS (SELECT FROM bank_shown s WHERE s.dote_id = payments.dote_id
                           AND s.n = payments.disbursement_n AND s.kind = 'return')
         ORDER BY executed_on DESC, id DESC LIMIT %(spare)s)
    ) p
)
SELECT {payment} WHERE p.id = ANY (ARRAY(SELECT id FROM sought))

-- name: payment
p.id, p.dote_id, p.number, p.n, p.state, p.partner, p.category, p.item, p.household_id,
       p.payee_id, p.amount_cents, p.batch_id, b.number AS batch_number, b.method,
       b.execution_date, p.due_on, p.since, p.ordered_at, p.executed_on, p.disbursement_n
FROM payments p LEFT JOIN payment_batches b ON b.id = p.batch_id

-- name: by_hand
-- The same of what nobody ordered.
WITH sought AS (
    SELECT h.dote_id, h.n FROM payment_plans p JOIN paid_by_hand h USING (dote_id)
    WHERE p.number = ANY (%(numbers)s)
    UNION
    SELECT h.dote_id, h.n
    FROM unnest(%(cents)s::bigint[], %(sinces)s::date[], %(untils)s::date[])
             AS w (cents, since, until)
    JOIN paid_by_hand h ON h.amount_cents = w.cents AND h.value_date BETWEEN w.since AND w.until
    WHERE NOT EXISTS (SELECT FROM bank_shown s
                      WHERE s.dote_id = h.dote_id AND s.n = h.n AND s.kind = 'payment')
    UNION
    SELECT last.dote_id, last.n
    FROM unnest(%(return_cents)s::bigint[], %(return_until)s::date[]) AS line (cents, until)
    CROSS JOIN LATERAL (SELECT dote_id, n FROM paid_by_hand h
                        WHERE amount_cents = line.cents AND value_date <= line.until
                          AND CASE state
                              WHEN 'executed' THEN EXISTS (
                                  SELECT FROM coverage c WHERE c.dote_id = h.dote_id
                                  AND c.paid_cents - c.refunded_cents >= line.cents)
                              ELSE NOT EXISTS (
                                  SELECT FROM bank_shown s WHERE s.dote_id = h.dote_id
                                  AND s.n = h.n AND s.kind = 'return') END
                        ORDER BY value_date DESC, dote_id DESC, n DESC LIMIT %(spare)s) last
    UNION
    SELECT h.dote_id, h.n FROM payees y JOIN payment_plans p ON p.payee_id = y.id
    JOIN paid_by_hand h USING (dote_id)
    WHERE y.iban_token = ANY (%(given_ibans)s)
       OR y.iban_token = ANY (%(out_ibans)s) AND h.value_date BETWEEN %(since)s AND %(until)s
)
SELECT h.dote_id, h.n, h.amount_cents, h.value_date, h.state, h.method, p.number, p.category,
       p.payee_id
FROM sought JOIN paid_by_hand h USING (dote_id, n) JOIN payment_plans p USING (dote_id)

-- name: shown
-- Which disbursements a line has shown, and as what: as it stands now, beside the events.
SELECT DISTINCT dote_id, n, kind FROM bank_shown WHERE dote_id = ANY (%(doti)s)

-- name: left_of
-- What of the money of some doti can still come back.
SELECT dote_id, paid_cents - refunded_cents AS cents FROM coverage WHERE dote_id = ANY (%(doti)s)

-- name: payee_tokens
SELECT id, name_token, iban_token FROM payees WHERE id = ANY (%(ids)s)

-- name: named
-- Payments by their ids, and disbursements by hand by theirs (the dote's number, and which one).
SELECT id, dote_id, amount_cents, n, NULL::integer AS by_hand, category, item
FROM payments WHERE id = ANY (%(ids)s)
UNION ALL
SELECT p.number || '/' || h.n, h.dote_id, h.amount_cents, 0, h.n, p.category, p.item
FROM unnest(%(ids)s::text[]) AS asked (id)
JOIN payment_plans p ON p.number = split_part(asked.id, '/', 1)
JOIN paid_by_hand h ON h.dote_id = p.dote_id AND p.number || '/' || h.n = asked.id
