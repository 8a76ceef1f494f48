-- name: balances
SELECT partner, category, account, balance_cents FROM ledger_balances

-- name: copy_entries
COPY ledger_entries (log_index, nth, partner, category, account, cents, balance_cents, dote_id,
    event_type, at) FROM STDIN

-- name: set_balance
INSERT INTO ledger_balances (partner, category, account, balance_cents) VALUES (%s, %s, %s, %s)
ON CONFLICT (partner, category, account) DO UPDATE SET balance_cents = excluded.balance_cents

-- name: last_mark
SELECT coalesce(max(log_index), 0) AS log_index FROM ledger_marks

-- name: copy_marks
COPY ledger_marks (log_index, partner, category, account, balance_cents) FROM STDIN

-- name: add_month
INSERT INTO ledger_months AS m (month, partner, category, account, cents)
VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (month, partner, category, account) DO UPDATE SET cents = m.cents + excluded.cents

-- name: add_kind
INSERT INTO ledger_kinds AS k (event_type, partner, category, account, added_cents, taken_cents,
    postings)
VALUES (%s, %s, %s, %s, %s, %s, %s)
ON CONFLICT (event_type, partner, category, account) DO UPDATE
SET added_cents = k.added_cents + excluded.added_cents,
    taken_cents = k.taken_cents + excluded.taken_cents, postings = k.postings + excluded.postings

-- name: mark_before
-- The last place up to an index of the log at which balances were kept. Whoever sees some partners
-- only may find an older one; it comes to the same.
SELECT coalesce(max(log_index), 0) AS log_index FROM ledger_marks WHERE log_index <= %(log_index)s

-- name: balances_at
-- Every account as it stood at an index of the log: what was kept at the mark before it, and what
-- moved since. The mark comes as a value, so that the planner knows how little there is to read.
SELECT partner, category, account, sum(cents)::bigint AS balance_cents
FROM (
    SELECT m.partner, m.category, m.account, m.balance_cents AS cents
    FROM ledger_marks m
    WHERE m.log_index = %(mark)s
    UNION ALL
    SELECT e.partner, e.category, e.account, e.cents
    FROM ledger_entries e
    WHERE e.log_index > %(mark)s AND e.log_index <= %(log_index)s
) moved
WHERE (%(partner)s::text IS NULL OR partner = %(partner)s)
  AND (%(category)s::text IS NULL OR category = %(category)s)
GROUP BY partner, category, account

-- name: balances_now
-- Every account as it stands; nothing where the ledger has read beyond an index of the log.
SELECT b.partner, b.category, b.account, b.balance_cents
FROM ledger_balances b
WHERE (SELECT log_index FROM projections WHERE name = 'ledger') <= %(log_index)s
  AND (%(partner)s::text IS NULL OR b.partner = %(partner)s)
  AND (%(category)s::text IS NULL OR b.category = %(category)s)

-- name: entries
-- Postings in the order of the log, after a place in it.
SELECT e.log_index, e.nth, e.partner, e.category, e.account, e.cents, e.balance_cents, e.dote_id,
       e.event_type, e.at
FROM ledger_entries e
WHERE (e.log_index, e.nth) > (%(after_index)s, %(after_nth)s)
  AND (%(partner)s::text IS NULL OR e.partner = %(partner)s)
  AND (%(partners)s::text[] IS NULL OR e.partner = ANY (%(partners)s))
  AND (%(category)s::text IS NULL OR e.category = %(category)s)
  AND (%(dote_id)s::uuid IS NULL OR e.dote_id = %(dote_id)s)
  AND (%(since)s::timestamptz IS NULL OR e.at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR e.at < %(until)s)
ORDER BY e.log_index, e.nth
LIMIT %(limit)s

-- name: cash
SELECT account, balance_cents FROM cash_balances

-- name: copy_cash
COPY cash_entries (log_index, nth, account, cents, balance_cents, dote_id, event_type, at)
FROM STDIN

-- name: set_cash
INSERT INTO cash_balances (account, balance_cents) VALUES (%s, %s)
ON CONFLICT (account) DO UPDATE SET balance_cents = excluded.balance_cents

-- name: cash_at
-- Every account of the cash side as it stood at an index of the log.
SELECT b.account, e.balance_cents
FROM cash_balances b
CROSS JOIN LATERAL (
    SELECT balance_cents FROM cash_entries e
    WHERE e.account = b.account AND e.log_index <= %(log_index)s
    ORDER BY e.log_index DESC, e.nth DESC
    LIMIT 1
) e

-- name: cash_entries
-- The newest postings of an account of the cash side (NULL: of all), before a place in the log.
SELECT log_index, nth, account, cents, balance_cents, dote_id, event_type, at
FROM cash_entries
WHERE (log_index, nth) < (%(before_index)s, %(before_nth)s)
  AND (%(account)s::text IS NULL OR account = %(account)s)
ORDER BY log_index DESC, nth DESC
LIMIT %(limit)s
