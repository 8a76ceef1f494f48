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

-- name: add_month
INSERT INTO bank_months AS m (account, month, cents) VALUES (%(account)s, %(month)s, %(cents)s)
ON CONFLICT (account, month) DO UPDATE SET cents = m.cents + excluded.cents

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
INSERT INTO paid_by_hand (dote_id, n, amount_cents, value_date, state, method)
VALUES (%(dote_id)s, %(n)s, %(amount_cents)s, %(value_date)s, 'executed', %(method)s)

-- name: change_by_hand
UPDATE paid_by_hand SET state = %(state)s WHERE dote_id = %(dote_id)s AND n = %(n)s

-- name: remove_by_hand
DELETE FROM paid_by_hand WHERE dote_id = %(dote_id)s AND n = %(n)s

-- name: open_lines
-- What is open, the oldest first; with what is found by it.
SELECT l.id, l.account, l.booked_on, l.amount_cents, l.open_cents, l.is_return, l.return_reason,
       l.is_fee, l.end_to_end, l.reference_list, l.part_list, l.is_set_aside, l.version,
       l.log_index, b.name_token, b.iban_token,
       CASE WHEN l.open_cents <> l.amount_cents THEN
           ARRAY(SELECT paid.payment FROM match_list m
                 CROSS JOIN LATERAL jsonb_to_recordset(m.payments) AS paid (payment text)
                 WHERE m.line_id = l.id AND m.undone_at IS NULL)
       END AS matched
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
