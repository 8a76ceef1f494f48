-- name: matches
-- Other doti, since a day, for the same household (those that were merged are one), for a person of it in another household, or to
-- the same payee: that of the dote, or one of the given tokens. What was given up before any money
-- was out is no help. The same item first, then the newest. `by` is the closest tie.
WITH persons AS (
    SELECT kind, token FROM identities
    WHERE household_id = ANY (household_group(%(household_id)s)) AND kind IN ('identifier', 'person')
), payees AS (
    SELECT kind, token FROM payee_identities WHERE dote_id = %(dote_id)s
    UNION
    SELECT kind, token FROM unnest(%(kinds)s::text[], %(tokens)s::bytea[]) AS given (kind, token)
), tied AS (
    SELECT id, 1 AS tie FROM doti WHERE household_id = ANY (household_group(%(household_id)s))
    UNION ALL
    SELECT doti.id, 2
    FROM persons
    JOIN identities known USING (token, kind)
    JOIN doti ON doti.household_id = known.household_id
    UNION ALL
    SELECT known.dote_id, 3 FROM payees JOIN payee_identities known USING (token, kind)
), closest AS (
    SELECT id, min(tie) AS tie FROM tied GROUP BY id
)
SELECT doti.snapshot::text AS snapshot,
       (ARRAY['household', 'person', 'payee'])[tie] AS by,
       coalesce(category = %(category)s AND item = %(item)s, false) AS same_need
FROM closest JOIN doti USING (id)
WHERE id IS DISTINCT FROM %(dote_id)s
  AND changed_at > %(since)s  -- what is read below is so for few
  AND coalesce((snapshot ->> 'approved_at')::timestamptz, created_at) > %(since)s
  AND (state NOT IN ('rejected', 'withdrawn', 'revoked')
       OR (snapshot ->> 'disbursed_cents')::bigint > 0)
ORDER BY same_need DESC, coalesce((snapshot ->> 'approved_at')::timestamptz, created_at) DESC, id
LIMIT %(limit)s
