-- name: save_statement
INSERT INTO statement_list (id, account, format, number, from_on, to_on, opening_cents,
    closing_cents, lines, new_lines, at)
VALUES (%(id)s, %(account)s, %(format)s, %(number)s, %(from_on)s, %(to_on)s, %(opening_cents)s,
    %(closing_cents)s, %(lines)s, %(new_lines)s, %(at)s)

-- name: save_line
INSERT INTO line_list (id, statement_id, account, booked_on, value_on, amount_cents, open_cents,
    is_return, return_reason, is_fee, end_to_end, reference_list, part_list, version,
    log_index)
VALUES (%(id)s, %(statement_id)s, %(account)s, %(booked_on)s, %(value_on)s, %(amount_cents)s,
    %(amount_cents)s, %(is_return)s, %(return_reason)s, %(is_fee)s, %(end_to_end)s,
    %(references)s, %(parts)s, %(version)s, %(log_index)s)

-- name: change_line
UPDATE line_list
SET open_cents = open_cents + %(cents)s, is_set_aside = %(set_aside)s, version = %(version)s
WHERE id = %(id)s

-- name: erase_lines
UPDATE line_list SET is_erased = true WHERE id = ANY (%(ids)s)

-- name: save_match
INSERT INTO match_list (match_id, line_id, kind, amount_cents, payments, at, by_account, log_index)
VALUES (%(match_id)s, %(line_id)s, %(kind)s, %(amount_cents)s, %(payments)s, %(at)s,
    %(by_account)s, %(log_index)s)

-- name: undo_match
UPDATE match_list SET undone_at = %(at)s
WHERE match_id = %(match_id)s AND line_id = %(line_id)s AND kind = %(kind)s
  AND amount_cents = %(amount_cents)s

-- name: save_by_hand
INSERT INTO paid_by_hand (dote_id, n, amount_cents, value_date, state)
VALUES (%(dote_id)s, %(n)s, %(amount_cents)s, %(value_date)s, 'executed')

-- name: change_by_hand
UPDATE paid_by_hand SET state = %(state)s WHERE dote_id = %(dote_id)s AND n = %(n)s

-- name: remove_by_hand
DELETE FROM paid_by_hand WHERE dote_id = %(dote_id)s AND n = %(n)s

-- name: candidates
-- The payments that some lines can be: named in them; of an amount, and open or gone out in their
-- time; gone out before what came back; or to an IBAN that stands in them.
WITH sought AS (
    SELECT id FROM payments
    WHERE id = ANY (%(numbers)s) AND state IN ('due', 'authorised', 'executed', 'returned')
    UNION
    SELECT id FROM payments
    WHERE number = ANY (%(numbers)s) AND state IN ('due', 'authorised', 'executed', 'returned')
    UNION
    SELECT p.id FROM payment_batches b JOIN payments p ON p.batch_id = b.id
    WHERE b.number = ANY (%(batches)s) AND p.state IN ('authorised', 'executed', 'returned')
    UNION
    SELECT id FROM payments
    WHERE state IN ('due', 'authorised') AND amount_cents = ANY (%(out_cents)s)
    UNION
    SELECT id FROM payments
    WHERE state = 'executed' AND amount_cents = ANY (%(out_cents)s)
      AND executed_on BETWEEN %(since)s AND %(until)s
    UNION
    SELECT id FROM payments
    WHERE state IN ('executed', 'returned') AND amount_cents = ANY (%(back_cents)s)
    UNION
    SELECT p.id FROM payees y JOIN payments p ON p.payee_id = y.id
    WHERE y.iban_token = ANY (%(ibans)s)
      AND p.state IN ('due', 'authorised', 'executed', 'returned')
)
SELECT p.id, p.dote_id, p.number, p.n, p.state, p.partner, p.category, p.item, p.household_id,
       p.payee_id, p.amount_cents, p.batch_id, b.number AS batch_number, b.method,
       b.execution_date, p.due_on, p.since, p.ordered_at, p.executed_on, p.disbursement_n
FROM payments p LEFT JOIN payment_batches b ON b.id = p.batch_id
-- As an array: these are few, whatever the planner thinks of the parts.
WHERE p.id = ANY (ARRAY(SELECT id FROM sought))
ORDER BY p.id LIMIT %(limit)s

-- name: by_hand
-- The same of what nobody ordered.
WITH sought AS (
    SELECT h.dote_id, h.n FROM payment_plans p JOIN paid_by_hand h USING (dote_id)
    WHERE p.number = ANY (%(numbers)s)
    UNION
    SELECT dote_id, n FROM paid_by_hand
    WHERE amount_cents = ANY (%(out_cents)s) AND value_date BETWEEN %(since)s AND %(until)s
    UNION
    SELECT dote_id, n FROM paid_by_hand WHERE amount_cents = ANY (%(back_cents)s)
    UNION
    SELECT h.dote_id, h.n FROM payees y JOIN payment_plans p ON p.payee_id = y.id
    JOIN paid_by_hand h USING (dote_id)
    WHERE y.iban_token = ANY (%(ibans)s)
)
SELECT h.dote_id, h.n, h.amount_cents, h.value_date, h.state, p.number, p.category, p.payee_id
FROM sought JOIN paid_by_hand h USING (dote_id, n) JOIN payment_plans p USING (dote_id)
ORDER BY h.dote_id, h.n LIMIT %(limit)s

-- name: open_lines
-- What is open, the oldest first; with what is found by it.
SELECT l.id, l.account, l.booked_on, l.amount_cents, l.open_cents, l.is_return, l.return_reason,
       l.is_fee, l.end_to_end, l.reference_list, l.part_list, l.is_set_aside, l.version,
       l.log_index, b.name_token, b.iban_token
FROM line_list l LEFT JOIN bank_lines b ON b.id = l.id
WHERE l.open_cents <> 0
  AND (%(after_on)s::date IS NULL
       OR (l.booked_on, l.log_index) > (%(after_on)s::date, %(after_index)s::bigint))
ORDER BY l.booked_on, l.log_index
LIMIT %(limit)s

-- name: over_lines
-- Of which lines the time is over: booked before a day, and matched with no payment of a household
-- that is still there. The oldest first.
SELECT l.id FROM line_list l
WHERE NOT l.is_erased AND l.booked_on < %(before)s
  AND NOT EXISTS (
    SELECT FROM match_list m
    CROSS JOIN LATERAL jsonb_to_recordset(m.payments) AS paid (dote_id uuid)
    JOIN kept_doti USING (dote_id)
    JOIN kept_households USING (household_id)
    WHERE m.line_id = l.id AND m.undone_at IS NULL)
ORDER BY l.booked_on, l.id
LIMIT %(limit)s

-- name: open_total
SELECT coalesce(sum(open_cents), 0)::bigint AS cents FROM line_list WHERE open_cents <> 0

-- name: lines
SELECT id, account, booked_on, amount_cents, open_cents, is_return, return_reason, is_fee,
       end_to_end, reference_list, part_list, is_set_aside, version, log_index,
       is_erased
FROM line_list WHERE id = ANY (%(ids)s)

-- name: statement_list
SELECT id, account, format, number, from_on, to_on, opening_cents, closing_cents, lines, new_lines,
       at
FROM statement_list
WHERE %(after_id)s::uuid IS NULL
   OR (coalesce(to_on, '-infinity'), at, id)
      < (coalesce(%(after_on)s::date, '-infinity'), %(after_at)s::timestamptz, %(after_id)s::uuid)
ORDER BY to_on DESC NULLS LAST, at DESC, id DESC
LIMIT %(limit)s

-- name: last_balances
-- What each account closed with, as its newest statement says.
SELECT DISTINCT ON (account) account, to_on, closing_cents
FROM statement_list WHERE closing_cents IS NOT NULL
ORDER BY account, to_on DESC NULLS LAST, at DESC

-- name: matches
-- The matches that hold, the newest first, with all their lines: those of which a line is as it is
-- asked for. A number is a payment's, a dote's or a batch's. Read from the newest on, until the page
-- is full.
SELECT newest.match_id, told.at, newest.log_index, told.by_account, told.lines
FROM (
    SELECT m.match_id, m.log_index FROM match_list m
    WHERE m.undone_at IS NULL
      AND (%(before)s::bigint IS NULL OR m.log_index < %(before)s)
      AND NOT EXISTS (SELECT FROM match_list later
                      WHERE later.match_id = m.match_id AND later.log_index > m.log_index)
      AND EXISTS (
        SELECT FROM match_list o JOIN line_list l ON l.id = o.line_id
        WHERE o.match_id = m.match_id AND o.undone_at IS NULL
          AND (%(line_id)s::uuid IS NULL OR l.id = %(line_id)s)
          AND (%(by)s::uuid IS NULL OR o.by_account = %(by)s)
          AND (%(account)s::text IS NULL OR l.account = %(account)s)
          AND (%(from_on)s::date IS NULL OR l.booked_on >= %(from_on)s)
          AND (%(to_on)s::date IS NULL OR l.booked_on <= %(to_on)s)
          AND (%(cents)s::bigint IS NULL OR abs(l.amount_cents) = %(cents)s)
          AND (%(number)s::text IS NULL OR %(number)s = ANY (l.reference_list)
               OR %(number)s = l.end_to_end
               OR EXISTS (
                   SELECT FROM jsonb_to_recordset(o.payments) AS paid (payment text)
                   WHERE %(number)s IN
                       (paid.payment, regexp_replace(paid.payment, '[-/][0-9]+$', '')))))
    ORDER BY m.log_index DESC
    LIMIT %(limit)s
) newest
CROSS JOIN LATERAL (
    SELECT max(t.at) AS at, min(t.by_account::text)::uuid AS by_account,
           jsonb_agg(jsonb_build_object('line_id', t.line_id, 'kind', t.kind,
               'amount_cents', t.amount_cents, 'payments', t.payments) ORDER BY t.log_index) AS lines
    FROM match_list t WHERE t.match_id = newest.match_id AND t.undone_at IS NULL
) told
ORDER BY newest.log_index DESC

-- name: shown
-- Which disbursements a line has shown, and as what: as it stands now, beside the events.
SELECT DISTINCT dote_id, n, kind FROM bank_shown WHERE dote_id = ANY (%(doti)s)

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
