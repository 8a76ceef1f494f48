-- Keys, through the functions that alone reach them. These statements also run outside of a
-- transaction, and so name their schema.

-- name: take_key
SELECT keys.take_key(%(subject_id)s) AS wrapped

-- name: take_keys
-- The same of several subjects that are opened together.
SELECT id AS subject_id, keys.take_key(id) AS wrapped FROM unnest(%(subject_ids)s::uuid[]) AS id

-- name: put_key
SELECT said, master FROM keys.put_key(%(subject_id)s, %(wrapped)s)

-- name: put_keys
SELECT s.id, k.said, k.master
FROM unnest(%(subject_ids)s::uuid[], %(wrapped)s::bytea[]) AS s (id, wrapped),
     LATERAL keys.put_key(s.id, s.wrapped) AS k

-- name: erase_key
SELECT keys.erase_key(%(subject_id)s) AS had_one

-- name: is_erased
SELECT keys.is_erased(%(subject_id)s) AS erased

-- name: take_index_key
SELECT keys.take_index_key() AS wrapped

-- name: put_index_key
SELECT said, master FROM keys.put_index_key(%(wrapped)s)

-- name: put_signing_key
SELECT said, master FROM keys.put_signing_key(%(n)s, %(wrapped)s)

-- name: masters_in_use
SELECT master, keys, puts, subject FROM keys.masters_in_use()
