-- name: snapshots
SELECT snapshot::text AS snapshot FROM doti WHERE id = ANY (%(ids)s)

-- name: save
-- Many doti at once, as one JSON array.
INSERT INTO doti (id, number, state, partner, category, item, household_id, waiting_for, barred,
    created_at, changed_at, snapshot)
SELECT id, number, state, partner, category, item, household_id, waiting_for, barred, created_at,
    changed_at, snapshot
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (id uuid, number text, state text, partner text,
    category text, item text, household_id uuid, waiting_for text[], barred uuid[],
    created_at timestamptz, changed_at timestamptz, snapshot jsonb)
ON CONFLICT (id) DO UPDATE SET
    state = excluded.state, waiting_for = excluded.waiting_for, barred = excluded.barred,
    changed_at = excluded.changed_at, snapshot = excluded.snapshot

-- name: page
-- The newest first. `roles` and `person`: what waits for one of these roles and is not barred to
-- the person by what they did on it before. `begins`, `ends`: how its number does, the
-- end read backwards, as LIKE takes it.
-- To be planned for its values each time: only then are the conditions that are not asked for gone
-- and the indexes of the others of use.
SELECT snapshot::text AS snapshot FROM doti
WHERE (%(partners)s::text[] IS NULL OR partner = ANY (%(partners)s))
  AND (%(state)s::text IS NULL OR state = %(state)s)
  AND (%(partner)s::text IS NULL OR partner = %(partner)s)
  AND (%(category)s::text IS NULL OR category = %(category)s)
  AND (%(item)s::text IS NULL OR item = %(item)s)
  AND (%(household_id)s::uuid IS NULL OR household_id = %(household_id)s)
  AND (%(begins)s::text IS NULL OR number LIKE %(begins)s || '%%'
       OR reverse(number) LIKE %(ends)s || '%%')
  AND (%(roles)s::text[] IS NULL OR waiting_for && %(roles)s)
  AND (%(person)s::uuid IS NULL OR NOT barred @> ARRAY[%(person)s::uuid])
  AND (%(before_time)s::timestamptz IS NULL
       OR (created_at, id) < (%(before_time)s, %(before_id)s))
ORDER BY created_at DESC, id DESC
LIMIT %(limit)s
