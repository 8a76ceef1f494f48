-- name: granted
-- What a household, and those that count as one with it, were granted since a time, by category.
SELECT category, sum(cents)::bigint AS cents FROM exposure
WHERE household_id = ANY (household_group(%(household_id)s)) AND granted_at > %(since)s AND cents > 0
GROUP BY category ORDER BY category

-- name: granted_by_month
-- The same by month, as months are here, the earliest first.
SELECT date_trunc('month', granted_at AT TIME ZONE 'Europe/Rome')::date AS month, category,
       sum(cents)::bigint AS cents FROM exposure
WHERE household_id = ANY (household_group(%(household_id)s)) AND granted_at > %(since)s AND cents > 0
GROUP BY month, category ORDER BY month, category

-- name: merged
-- The households that were merged into one.
SELECT household_id FROM merged_households WHERE into_id = %(household_id)s

-- name: known_persons
-- The households in which members (by their place) are found, and by which tokens of theirs.
SELECT sought.member, known.household_id, array_agg(DISTINCT known.kind) AS kinds
FROM unnest(%(members)s::int[], %(kinds)s::text[], %(tokens)s::bytea[])
         AS sought (member, kind, token)
JOIN identities known USING (token, kind)
WHERE known.kind <> 'word'
GROUP BY sought.member, known.household_id
ORDER BY sought.member, known.household_id
LIMIT %(limit)s
