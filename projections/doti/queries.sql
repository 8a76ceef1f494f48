-- name: mine
-- Whether a turn `t` is one of somebody's and has come: one of their grants has a role that it waits for, and
-- neither what they did on the dote, nor a vote of their partner, a conflict of interest or the
-- most that they were delegated stands against it.
t.roles && %(roles)s::text[] AND t.since <= %(now)s::timestamptz AND EXISTS (
    SELECT FROM jsonb_to_recordset(%(grants)s::jsonb) AS g (role text, partner text, people uuid[],
        partners text[], most_cents bigint, conflicts uuid[])
    WHERE g.role = ANY (t.roles)
      AND (g.partner IS NULL OR g.partner = t.partner)
      AND NOT t.barred && g.people
      AND NOT t.not_partners && g.partners
      AND (g.most_cents IS NULL OR t.at_stake_cents <= g.most_cents)
      AND t.household_id <> ALL (g.conflicts) AND t.dote_id <> ALL (g.conflicts)
)

-- name: page
-- The newest first. In the place of `words` stands one condition for each word of a search.
-- To be planned for its values each time: only then are the conditions that are not asked for gone
-- and the indexes of the others of use.
-- Only what is shown is made text, however the rows are found.
SELECT snapshot::text AS snapshot FROM (
    SELECT snapshot, created_at, id FROM doti
    WHERE (%(partners)s::text[] IS NULL OR partner = ANY (%(partners)s))
      AND (%(state)s::text IS NULL OR state = %(state)s)
      AND (%(partner)s::text IS NULL OR partner = %(partner)s)
      AND (%(category)s::text IS NULL OR category = %(category)s)
      AND (%(item)s::text IS NULL OR item = %(item)s)
      AND (%(household_id)s::uuid IS NULL OR household_id = %(household_id)s)
      AND (%(grants)s::jsonb IS NULL
           OR EXISTS (SELECT FROM turns t WHERE t.dote_id = doti.id AND {mine}))
      AND (%(before_time)s::timestamptz IS NULL
           OR (created_at, id) < (%(before_time)s, %(before_id)s))
      {words}
    ORDER BY created_at DESC, id DESC
    LIMIT %(limit)s
) page
ORDER BY created_at DESC, id DESC

-- name: word
-- One word of a search: the number of the dote begins or ends with it (the end read backwards,
-- as LIKE takes it), or it says which household, item, category or partner.
AND (number LIKE %(begins_{n})s || '%%' OR reverse(number) LIKE %(ends_{n})s || '%%'
     OR household_id = ANY (%(households_{n})s::uuid[]) OR item = ANY (%(items_{n})s::text[])
     OR category = ANY (%(categories_{n})s::text[]) OR partner = ANY (%(partners_{n})s::text[]))

-- name: households
-- The households that a word names, by their number or by a person of theirs (as tokens).
SELECT id FROM households
WHERE (%(partners)s::text[] IS NULL OR partner = ANY (%(partners)s))
  AND (number LIKE %(begins)s || '%%' OR reverse(number) LIKE %(ends)s || '%%')
UNION
SELECT household_id FROM identities i JOIN households h ON h.id = i.household_id
WHERE i.token = ANY (%(tokens)s::bytea[])
  AND (%(readable)s::text[] IS NULL OR h.partner = ANY (%(readable)s))

-- name: household_page
-- The newest first. In the place of `words` stands one condition for each word of a search.
SELECT h.id, h.registered_at FROM households h
WHERE (%(partners)s::text[] IS NULL OR h.partner = ANY (%(partners)s))
  AND (%(before_time)s::timestamptz IS NULL
       OR (h.registered_at, h.id) < (%(before_time)s, %(before_id)s))
  {words}
ORDER BY h.registered_at DESC, h.id DESC
LIMIT %(limit)s

-- name: household_word
-- One word of a search: the number begins or ends with it, or a person is found by it.
AND (h.number LIKE %(begins_{n})s || '%%' OR reverse(h.number) LIKE %(ends_{n})s || '%%'
     OR (h.partner = ANY (%(readable)s::text[]) AND h.id = ANY (ARRAY(
         SELECT household_id FROM identities WHERE token = ANY (%(tokens_{n})s::bytea[])))))

-- name: household_numbers
-- The numbers of households, by their ids or by one number that is known.
SELECT id, number FROM households
WHERE (id = ANY (%(ids)s::uuid[]) OR number = %(number)s)
  AND (%(partners)s::text[] IS NULL OR partner = ANY (%(partners)s))

-- name: worklist
-- What is due first, and what has no deadline last.
SELECT d.snapshot::text AS snapshot, t.nth, t.stage, t.why, t.action, t.since, t.due, t.given,
       t.wanted
FROM turns t JOIN doti d ON d.id = t.dote_id
WHERE {mine}
  AND (%(stage)s::text IS NULL OR t.stage = %(stage)s)
  AND (%(partner)s::text IS NULL OR t.partner = %(partner)s)
  AND (%(category)s::text IS NULL OR t.category = %(category)s)
  AND (%(whys)s::text[] IS NULL OR t.why = ANY (%(whys)s))
  AND (%(after_id)s::uuid IS NULL
       OR (coalesce(t.due, timestamptz 'infinity'), t.since, t.dote_id, t.nth)
          > (coalesce(%(after_due)s::timestamptz, timestamptz 'infinity'), %(after_since)s,
             %(after_id)s, %(after_nth)s))
ORDER BY coalesce(t.due, timestamptz 'infinity'), t.since, t.dote_id, t.nth
LIMIT %(limit)s

-- name: count_mine
-- By reason; and all together (without one), where a dote that waits for several things counts once.
SELECT t.why, count(*) AS waiting, count(*) FILTER (WHERE t.due <= %(now)s) AS overdue,
       count(DISTINCT t.dote_id) AS doti, min(t.since) AS oldest_since
FROM turns t WHERE {mine} GROUP BY GROUPING SETS ((t.why), ()) ORDER BY t.why

-- name: elsewhere
-- What waits for others on doti that somebody had a part in.
SELECT d.snapshot::text AS snapshot, t.stage, t.why, t.roles, t.since, t.due, t.given, t.wanted
FROM turns t JOIN doti d ON d.id = t.dote_id
WHERE t.people @> ARRAY[%(person)s::uuid] AND t.since <= %(now)s
  AND (%(partners)s::text[] IS NULL OR t.partner = ANY (%(partners)s))
  AND NOT ({mine})
ORDER BY coalesce(t.due, timestamptz 'infinity'), t.since, t.dote_id, t.nth
LIMIT %(limit)s

-- name: ageing
-- Doti that wait, by stage and partner, and since how many whole days. What is planned for later
-- does not wait yet.
SELECT stage, partner, count(*) AS waiting, count(*) FILTER (WHERE due <= %(now)s) AS overdue,
       min(since) AS oldest_since,
       count(*) FILTER (WHERE days <= 7) AS to_7,
       count(*) FILTER (WHERE days > 7 AND days <= 14) AS to_14,
       count(*) FILTER (WHERE days > 14 AND days <= 30) AS to_30,
       count(*) FILTER (WHERE days > 30) AS over_30
FROM (SELECT DISTINCT dote_id, stage, partner, since, due,
             floor(extract(epoch FROM %(now)s::timestamptz - since) / 86400) AS days
      FROM turns
      WHERE since <= %(now)s
        AND (%(partners)s::text[] IS NULL OR partner = ANY (%(partners)s))) waiting
GROUP BY stage, partner
ORDER BY stage, partner

-- name: alarms
-- The doti about which somebody is to be told by now, a page of them.
SELECT id, next_alarm_at FROM doti
WHERE next_alarm_at <= %(now)s
  AND (%(after_id)s::uuid IS NULL
       OR (next_alarm_at, id) > (%(after_at)s::timestamptz, %(after_id)s))
ORDER BY next_alarm_at, id
LIMIT %(limit)s

-- name: numbers
SELECT id, number FROM doti
WHERE id = ANY (%(ids)s) AND (%(partners)s::text[] IS NULL OR partner = ANY (%(partners)s))

-- name: numbered
SELECT id FROM doti
WHERE number = %(number)s AND (%(partners)s::text[] IS NULL OR partner = ANY (%(partners)s))
-- name: sample
-- Doti drawn by chance that everybody can draw again: those whose SHA-256 of the seed, a colon and
-- their id is the smallest. Beside each: of how many they were drawn.
SELECT id, number, partner, category, item, state, created_at, count(*) OVER () AS out_of,
       encode(sha256(convert_to(%(seed)s || ':' || id, 'UTF8')), 'hex') AS drawn
FROM doti
WHERE (%(partners)s::text[] IS NULL OR partner = ANY (%(partners)s))
  AND (%(partner)s::text IS NULL OR partner = %(partner)s)
  AND (%(category)s::text IS NULL OR category = %(category)s)
  AND (%(since)s::timestamptz IS NULL OR created_at >= %(since)s)
  AND (%(until)s::timestamptz IS NULL OR created_at < %(until)s)
ORDER BY drawn, id
LIMIT %(size)s
