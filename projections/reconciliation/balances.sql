-- name: newest
-- What each account closed with, as its newest statement says.
SELECT DISTINCT ON (account) account, to_on, closing_cents
FROM statement_list WHERE closing_cents IS NOT NULL
ORDER BY account, to_on DESC NULLS LAST, at DESC

-- name: month_ends
-- Each account at the end of a month. The bank's balance is the last one that a statement tells by
-- then, at its end or before its first day, and the lines since. The register's is what the first
-- statement began with, and all lines.
WITH accounts AS (
    SELECT account, max(to_on) AS reaches_to,
           (array_agg(opening_cents ORDER BY from_on, at)
               FILTER (WHERE opening_cents IS NOT NULL AND from_on IS NOT NULL))[1] AS began_cents
    FROM statement_list GROUP BY account
), said AS (
    SELECT DISTINCT ON (account) account, day, cents
    FROM (
        SELECT account, to_on AS day, closing_cents AS cents, at FROM statement_list
        UNION ALL
        SELECT account, from_on - 1, opening_cents, at FROM statement_list
    ) told
    WHERE cents IS NOT NULL AND day <= %(upto)s
    ORDER BY account, day DESC, at DESC
)
SELECT account, a.reaches_to,
       s.cents + (
           SELECT coalesce(sum(l.amount_cents), 0) FROM line_list l
           WHERE l.account = a.account AND l.booked_on > s.day AND l.booked_on <= %(upto)s
       )::bigint AS bank_cents,
       coalesce(a.began_cents, 0) + (
           SELECT coalesce(sum(m.cents), 0) FROM bank_months m
           WHERE m.account = a.account AND m.month <= %(upto)s
       )::bigint AS register_cents
FROM accounts a LEFT JOIN said s USING (account)
ORDER BY account

-- name: open_total
SELECT coalesce(sum(open_cents), 0)::bigint AS cents FROM line_list WHERE open_cents <> 0

-- name: open_upto
-- What was booked up to a day and is open.
SELECT count(*)::int AS lines, coalesce(sum(open_cents), 0)::bigint AS cents
FROM line_list WHERE open_cents <> 0 AND booked_on <= %(upto)s
