-- Finance's rows for lives that were made up in bulk: see tests/bench/finance.py. Only rows of tables:
-- these lives were paid by hand, and here they look as if they had gone out in batches, been shown by
-- the bank and matched.

-- name: paid
-- The doti with their money, and for those that were paid the batch, 500 to each.
CREATE TEMP TABLE paid ON COMMIT DROP AS
SELECT id AS dote_id, number, partner, category, item, household_id, created_at, changed_at, state,
       (snapshot ->> 'approved_cents')::bigint AS approved,
       (snapshot ->> 'disbursed_cents')::bigint AS disbursed,
       (snapshot ->> 'documented_cents')::bigint AS documented,
       number || '-1' AS payment_id,
       (%(payees)s::uuid[])[1 + (row_number() OVER (ORDER BY id)) %% cardinality(%(payees)s::uuid[])]
           AS payee_id,
       md5('line ' || number)::uuid AS line_id, md5('match ' || number)::uuid AS match_id,
       (row_number() OVER (PARTITION BY (snapshot ->> 'disbursed_cents')::bigint > 0
                           ORDER BY created_at, id) - 1) / 500 AS batch
FROM doti WHERE (snapshot ->> 'approved_cents')::bigint > 0

-- name: insert_plans
INSERT INTO payment_plans (dote_id, number, partner, category, item, household_id, payee_id,
    approved_cents, disbursed_cents, tranches, since, is_open)
SELECT dote_id, number, partner, category, item, household_id, payee_id, approved, disbursed,
       '[]', changed_at, disbursed = 0
FROM paid

-- name: insert_batches
INSERT INTO payment_batches (id, version, number, method, execution_date, state, payments,
    total_cents, prepared_at, prepared_by, authorised_at, authorised_by)
SELECT md5('batch ' || batch)::uuid, 2, 'D-2025-' || lpad(batch::text, 3, '0'), 'bank_transfer',
       max(changed_at)::date, 'authorised', count(*), sum(disbursed), max(changed_at),
       %(by)s::uuid, max(changed_at), %(other)s::uuid
FROM paid WHERE disbursed > 0 GROUP BY batch

-- name: insert_payments
INSERT INTO payments (id, dote_id, number, n, state, partner, category, item, household_id,
    payee_id, amount_cents, batch_id, since, ordered_at, executed_on, disbursement_n)
SELECT payment_id, dote_id, number, 1, CASE WHEN disbursed > 0 THEN 'executed' ELSE 'due' END,
       partner, category, item, household_id, payee_id, greatest(disbursed, approved),
       CASE WHEN disbursed > 0 THEN md5('batch ' || batch)::uuid END, changed_at,
       CASE WHEN disbursed > 0 THEN changed_at END,
       CASE WHEN disbursed > 0 THEN changed_at::date END, CASE WHEN disbursed > 0 THEN 1 END
FROM paid

-- name: insert_orders
INSERT INTO payment_orders (dote_id, n, batch_id)
SELECT dote_id, 1, md5('batch ' || batch)::uuid FROM paid WHERE disbursed > 0

-- name: insert_statements
-- One for each batch, in their order.
INSERT INTO statement_list (id, account, format, number, from_on, to_on, opening_cents,
    closing_cents, lines, new_lines, at)
SELECT md5('statement ' || batch)::uuid, 'CONTO', 'camt.053.001.08', batch::text,
       min(changed_at)::date, max(changed_at)::date, 0, -sum(disbursed), count(*), count(*),
       max(changed_at)
FROM paid WHERE disbursed > 0 GROUP BY batch

-- name: insert_known_statements
INSERT INTO bank_statements (id, account, sha256, nth, format, from_on, to_on, opening_cents,
    closing_cents)
SELECT id, account, encode(sha256(id::text::bytea), 'hex'), 1, 'camt.053.001.08', from_on, to_on,
       opening_cents, closing_cents
FROM statement_list

-- name: insert_lines
INSERT INTO line_list (id, statement_id, account, booked_on, amount_cents, open_cents, is_return,
    is_fee, end_to_end, reference_list, part_list, version, log_index)
SELECT line_id, md5('statement ' || batch)::uuid, 'CONTO', changed_at::date, -disbursed, 0, false,
       false, payment_id, ARRAY[payment_id], '[]', 2, row_number() OVER (ORDER BY changed_at)
FROM paid WHERE disbursed > 0

-- name: insert_known_lines
INSERT INTO bank_lines (id, statement_id, identity, account, booked_on, amount_cents)
SELECT id, statement_id, sha256(id::text::bytea), account, booked_on, amount_cents FROM line_list

-- name: insert_matches
INSERT INTO match_list (match_id, line_id, kind, amount_cents, payments, at, by_account, log_index)
SELECT match_id, line_id, 'payment', -disbursed,
       jsonb_build_array(jsonb_build_object('dote_id', dote_id, 'payment', payment_id, 'n', 1,
                                            'amount_cents', disbursed, 'made', true)),
       changed_at, %(by)s::uuid, row_number() OVER (ORDER BY changed_at)
FROM paid WHERE disbursed > 0

-- name: insert_known_matches
INSERT INTO bank_matches (match_id, line_id) SELECT match_id, line_id FROM match_list

-- name: insert_shown
INSERT INTO bank_shown (dote_id, n, kind, match_id, line_id)
SELECT dote_id, 1, 'payment', match_id, line_id FROM paid WHERE disbursed > 0

-- name: insert_coverage
INSERT INTO coverage (dote_id, partner, category, paid_cents, documented_cents)
SELECT dote_id, partner, category, disbursed, documented FROM paid WHERE disbursed > 0

-- name: insert_coverage_payments
INSERT INTO coverage_payments (dote_id, n, partner, amount_cents, value_date)
SELECT dote_id, 1, partner, disbursed, changed_at::date FROM paid WHERE disbursed > 0

-- name: insert_waiting
-- What was handed in and not decided.
INSERT INTO coverage_waiting (dote_id, n, partner, amount_cents, since)
SELECT id, 1, partner, (snapshot ->> 'disbursed_cents')::bigint, changed_at
FROM doti WHERE snapshot -> 'receipts' -> 0 ->> 'state' = 'submitted'

-- name: insert_receipts
INSERT INTO receipt_papers (dote_id, n, household_id, file_token, paper_token)
SELECT id, 1, household_id, substring(sha256(('file ' || id)::bytea) FROM 1 FOR 16),
       substring(sha256(('paper ' || id)::bytea) FROM 1 FOR 16)
FROM doti WHERE jsonb_array_length(snapshot -> 'receipts') > 0

-- name: insert_household_figures
INSERT INTO household_figures (id, partner, district, adults, minors)
SELECT id, partner, 'Mirafiori', 2, 1 FROM households
