-- name: any_subject
-- Somebody whose key is kept, if there is anybody.
SELECT subject_id FROM keys.subject_keys LIMIT 1

-- name: is_used
-- Whether anything is sealed under the master key that would be lost with it.
SELECT EXISTS (SELECT FROM keys.subject_keys) OR EXISTS (SELECT FROM keys.index_key) AS used
