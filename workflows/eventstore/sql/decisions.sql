-- name: position
-- What stands on a budget line.
SELECT available_cents, committed_cents, disbursed_cents, documented_cents, disallowed_cents
FROM budget_lines WHERE partner = %(partner)s AND category = %(category)s

-- name: standing
-- A dote's newest version, the households that count as one with its own, what other doti granted to
-- these since a day, the keys of the household and of its notes, and the budget line.
SELECT (SELECT max(version) FROM events WHERE stream_id = %(stream_id)s) AS version,
       household_group(%(household_id)s) AS households,
       keys.take_key(%(household_id)s) AS household_key, keys.take_key(%(notes_id)s) AS notes_key,
       (SELECT coalesce(jsonb_agg(jsonb_build_array(category, granted_at, cents)), '[]')
        FROM exposure
        WHERE household_id = ANY (household_group(%(household_id)s))
          AND dote_id <> %(stream_id)s
          AND granted_at > %(since)s AND cents > 0) AS helps,
       line.available_cents, line.committed_cents, line.disbursed_cents, line.documented_cents,
       line.disallowed_cents
FROM (VALUES (1)) AS one
LEFT JOIN budget_lines line ON line.partner = %(partner)s AND line.category = %(category)s

-- name: change_line
UPDATE budget_lines SET
    available_cents = available_cents + %(available)s,
    committed_cents = committed_cents + %(committed)s,
    disbursed_cents = disbursed_cents + %(disbursed)s,
    documented_cents = documented_cents + %(documented)s,
    disallowed_cents = disallowed_cents + %(disallowed)s
WHERE partner = %(partner)s AND category = %(category)s

-- name: open_line
-- A line exists from its first cent on.
INSERT INTO budget_lines (partner, category) VALUES (%(partner)s, %(category)s)
ON CONFLICT DO NOTHING

-- name: change_funds
UPDATE funds SET
    funding_cents = funding_cents + %(funding)s,
    unallocated_cents = unallocated_cents + %(unallocated)s

-- name: grant_exposure
INSERT INTO exposure (dote_id, household_id, category, granted_at, cents)
VALUES (%(dote_id)s, %(household_id)s, %(category)s, %(at)s, %(cents)s)

-- name: change_exposure
UPDATE exposure SET cents = cents + %(cents)s WHERE dote_id = %(dote_id)s
