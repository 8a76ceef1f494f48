-- name: snapshots
SELECT snapshot::text AS snapshot FROM doti WHERE id = ANY (%(ids)s)

-- name: undecided
-- The doti that wait for votes, of households for which what they were granted has changed.
SELECT snapshot::text AS snapshot FROM doti
WHERE household_id = ANY (%(households)s) AND state = 'assessed' AND id <> ALL (%(known)s)

-- name: save
-- Many doti at once, as one JSON array.
INSERT INTO doti (id, number, state, partner, category, item, household_id, next_alarm_at,
    created_at, changed_at, snapshot)
SELECT id, number, state, partner, category, item, household_id, next_alarm_at, created_at,
    changed_at, snapshot
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (id uuid, number text, state text, partner text,
    category text, item text, household_id uuid, next_alarm_at timestamptz,
    created_at timestamptz, changed_at timestamptz, snapshot jsonb)
ON CONFLICT (id) DO UPDATE SET
    state = excluded.state, next_alarm_at = excluded.next_alarm_at,
    changed_at = excluded.changed_at, snapshot = excluded.snapshot

-- name: forget_turns
DELETE FROM turns WHERE dote_id = ANY (%(ids)s)

-- name: save_turns
INSERT INTO turns (dote_id, nth, partner, category, household_id, stage, why, action, roles, since,
    due, amount_cents, at_stake_cents, given, wanted, barred, not_partners, people)
SELECT dote_id, nth, partner, category, household_id, stage, why, action, roles, since, due,
    amount_cents, at_stake_cents, given, wanted, barred, not_partners, people
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (dote_id uuid, nth smallint, partner text,
    category text, household_id uuid, stage text, why text, action text, roles text[],
    since timestamptz, due timestamptz, amount_cents bigint, at_stake_cents bigint, given smallint,
    wanted smallint, barred uuid[], not_partners text[], people uuid[])

-- name: save_policies
INSERT INTO policies (version, document)
SELECT version, document
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (version integer, document jsonb)

-- name: policies
SELECT version, document::text AS document FROM policies WHERE version = ANY (%(versions)s)

-- name: save_households
INSERT INTO households (id, number, partner, counts_with, registered_at)
SELECT id, number, partner, id, at
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (id uuid, number text, partner text,
    at timestamptz)

-- name: count_with
-- With which household each of these counts from now on.
UPDATE households SET counts_with = row.counts_with
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (id uuid, counts_with uuid)
WHERE households.id = row.id

-- name: groups
-- For each of these households, all that count as one with it.
SELECT one.id, array_agg(other.id) AS households
FROM households one JOIN households other USING (counts_with)
WHERE one.id = ANY (%(households)s)
GROUP BY one.id

-- name: save_granted
-- What doti grant more, or less, than before; `at` counts for those that granted nothing before.
INSERT INTO granted (dote_id, household_id, partner, category, at, cents)
SELECT dote_id, household_id, partner, category, at, cents
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (dote_id uuid, household_id uuid, partner text,
    category text, at timestamptz, cents bigint)
ON CONFLICT (dote_id) DO UPDATE SET cents = granted.cents + excluded.cents

-- name: granted
SELECT household_id, category, at, cents FROM granted
WHERE household_id = ANY (%(households)s) AND cents > 0
