-- name: events
-- All that makes rows of finance's tables, numbered or not, stream by stream, with its place.
SELECT e.stream_id, e.version, e.topic, e.state, l.log_index
FROM events e LEFT JOIN log l USING (stream_id, version)
WHERE e.topic = ANY (%(topics)s)
ORDER BY e.stream_id, e.version

-- name: payment_orders
SELECT dote_id, n, batch_id FROM payment_orders

-- name: bank_statements
SELECT id, account, sha256, nth, format, from_on, to_on, opening_cents, closing_cents
FROM bank_statements

-- name: bank_lines
SELECT id, statement_id, account, booked_on, amount_cents, identity, name_token, iban_token,
       reference_token, end_to_end_token, text_token
FROM bank_lines

-- name: bank_matches
SELECT match_id, line_id FROM bank_matches

-- name: bank_shown
SELECT dote_id, n, kind, match_id, line_id FROM bank_shown

-- name: receipt_papers
SELECT dote_id, n, household_id, file_token, paper_token FROM receipt_papers

-- name: rendiconti
SELECT id, number, fingerprint, content FROM rendiconti

-- name: rendiconti_withdrawn
SELECT id, last_number FROM rendiconti_withdrawn
