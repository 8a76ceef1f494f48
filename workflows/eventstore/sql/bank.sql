-- Statements, their lines and matches. Statements that also run outside of a transaction: they name
-- their schema.

-- name: insert_statement
INSERT INTO register.bank_statements (id, account, format, sha256, nth, from_on, to_on,
    opening_cents, closing_cents)
VALUES (%(id)s, %(account)s, %(format)s, %(sha256)s, %(nth)s, %(from_on)s, %(to_on)s,
    %(opening_cents)s, %(closing_cents)s)

-- name: insert_bank_day
INSERT INTO register.bank_days (statement_id, day, opening_cents, closing_cents, amounts)
VALUES (%(statement_id)s, %(day)s, %(opening_cents)s, %(closing_cents)s, %(amounts)s)

-- name: insert_bank_line
INSERT INTO register.bank_lines (id, statement_id, account, booked_on, amount_cents, identity,
    number, reference_token, end_to_end_token, text_token, name_token, iban_token)
VALUES (%(id)s, %(statement_id)s, %(account)s, %(booked_on)s, %(amount_cents)s, %(identity)s,
    %(number)s, %(reference_token)s, %(end_to_end_token)s, %(text_token)s, %(name_token)s,
    %(iban_token)s)

-- name: insert_match
INSERT INTO register.bank_matches (match_id, line_id) VALUES (%(match_id)s, %(line_id)s)
ON CONFLICT DO NOTHING

-- name: put_line_tokens
-- The same again, under the tokens of today.
UPDATE register.bank_lines
SET identity = %(identity)s, number = %(number)s, reference_token = %(reference_token)s,
    end_to_end_token = %(end_to_end_token)s, text_token = %(text_token)s,
    name_token = %(name_token)s, iban_token = %(iban_token)s
WHERE id = %(id)s

-- name: lines_of_days
-- What is there of some days of an account.
SELECT l.id, l.statement_id, l.identity, l.booked_on, l.amount_cents, l.number, l.reference_token,
       l.end_to_end_token, l.text_token, l.iban_token
FROM register.bank_lines l
WHERE l.account = %(account)s AND l.booked_on = ANY (%(days)s)
ORDER BY l.booked_on, l.identity

-- name: lines_named
-- What is there of the days between two, as far as it comes to one of some amounts and is named as
-- something is.
SELECT l.id, l.statement_id, l.identity, l.booked_on, l.amount_cents, l.number, l.reference_token,
       l.end_to_end_token, l.text_token, l.iban_token
FROM register.bank_lines l
WHERE l.account = %(account)s AND l.booked_on BETWEEN %(from_on)s AND %(to_on)s
  AND l.amount_cents = ANY (%(cents)s)
  AND (l.number = ANY (%(numbers)s) OR l.reference_token = ANY (%(references)s))
ORDER BY l.booked_on, l.identity

-- name: days_told
-- What the statements of an account told of some days.
SELECT d.statement_id, d.day, d.opening_cents, d.closing_cents, d.amounts
FROM register.bank_days d JOIN register.bank_statements s ON s.id = d.statement_id
WHERE s.account = %(account)s AND d.day = ANY (%(days)s)

-- name: statements_of
-- The statements of an account, in their order.
SELECT id, format, sha256, nth, from_on, to_on, opening_cents, closing_cents
FROM register.bank_statements WHERE account = %(account)s
ORDER BY to_on NULLS FIRST, from_on NULLS FIRST, id

-- name: lines_of_match
SELECT line_id FROM register.bank_matches WHERE match_id = %(match_id)s ORDER BY line_id

-- name: insert_shown
INSERT INTO register.bank_shown (dote_id, n, kind, match_id, line_id)
VALUES (%(dote_id)s, %(n)s, %(kind)s, %(match_id)s, %(line_id)s)

-- name: remove_shown
DELETE FROM register.bank_shown
WHERE match_id = %(match_id)s AND line_id = %(line_id)s AND kind = %(kind)s

-- name: refunds_of
SELECT DISTINCT line_id FROM register.bank_shown WHERE dote_id = %(dote_id)s AND kind = 'refund'
ORDER BY line_id

-- name: shown_by
-- Which of the disbursements of some doti a line has shown, and as what.
SELECT DISTINCT dote_id, n, kind FROM register.bank_shown WHERE dote_id = ANY (%(dote_ids)s)
