-- Statements of the register's owner on the tables of keys. Nobody else has any right on them.

-- name: wait_for_puts
-- Whoever is putting a key under the master key before is done.
SELECT pg_advisory_xact_lock(lock_of('master'))

-- name: declare_master
INSERT INTO master (name) VALUES (%(name)s)
ON CONFLICT (only_row) DO UPDATE SET name = excluded.name, since = now()
WHERE master.name <> excluded.name

-- name: subject_keys
SELECT subject_id AS id, wrapped FROM subject_keys
WHERE subject_id > %(after)s ORDER BY subject_id LIMIT %(limit)s

-- name: signing_keys
SELECT n AS id, wrapped FROM signing_keys WHERE n > %(after)s ORDER BY n LIMIT %(limit)s

-- name: index_key
SELECT 1 AS id, wrapped FROM index_key WHERE 1 > %(after)s LIMIT %(limit)s

-- name: rewrap_subject_keys
-- A key that was erased in the meantime stays erased.
UPDATE subject_keys k SET wrapped = fresh.wrapped
FROM unnest(%(ids)s::uuid[], %(before)s::bytea[], %(after)s::bytea[]) AS fresh (id, before, wrapped)
WHERE k.subject_id = fresh.id AND k.wrapped = fresh.before

-- name: rewrap_signing_keys
UPDATE signing_keys k SET wrapped = fresh.wrapped
FROM unnest(%(ids)s::integer[], %(before)s::bytea[], %(after)s::bytea[])
    AS fresh (id, before, wrapped)
WHERE k.n = fresh.id AND k.wrapped = fresh.before

-- name: rewrap_index_key
UPDATE index_key k SET wrapped = fresh.wrapped
FROM unnest(%(ids)s::integer[], %(before)s::bytea[], %(after)s::bytea[])
    AS fresh (id, before, wrapped)
WHERE k.wrapped = fresh.before

-- name: erased
SELECT subject_id, erased_at FROM erased_subjects ORDER BY subject_id

-- name: erasures
-- The events that say whose key is gone, numbered or not.
SELECT stream_id, version, topic, state FROM events WHERE topic = ANY (%(topics)s)
ORDER BY stream_id, version

-- name: came_back
SELECT came_back(%(told)s) AS subject_id

-- name: all_subject_keys
SELECT subject_id, wrapped FROM subject_keys ORDER BY subject_id

-- name: all_signing_keys
SELECT n, wrapped FROM signing_keys ORDER BY n

-- name: newest_signing_key
-- The only one that is of use: what is retired signs no more.
SELECT max(n) AS n FROM checkpoint_keys

-- name: mark_erased
INSERT INTO erased_subjects (subject_id, erased_at)
SELECT marked.subject_id, marked.erased_at
FROM (VALUES (%(subject_id)s::uuid, %(erased_at)s::timestamptz)) AS marked (subject_id, erased_at)
WHERE NOT EXISTS (SELECT FROM subject_keys k WHERE k.subject_id = marked.subject_id)
ON CONFLICT DO NOTHING

-- name: counts
SELECT (SELECT count(*) FROM subject_keys) AS subjects,
       (SELECT count(*) FROM signing_keys) AS signing,
       (SELECT count(*) FROM index_key) AS index,
       (SELECT count(*) FROM erased_subjects) AS erased

-- name: plain_fingerprints
-- Commands from before fingerprints had a key: SHA-256 of what was sent.
SELECT account_id, key, fingerprint FROM commands
WHERE octet_length(fingerprint) = 32 AND (account_id, key) > (%(account_id)s, %(key)s)
ORDER BY account_id, key LIMIT %(limit)s

-- name: key_fingerprint
UPDATE commands SET fingerprint = %(keyed)s
WHERE account_id = %(account_id)s AND key = %(key)s AND fingerprint = %(fingerprint)s

-- name: erased_households
SELECT stream_id FROM events WHERE topic = 'HouseholdErased'
