-- name: any_subject
-- Somebody whose key is kept, if there is anybody.
SELECT subject_id FROM keys.subject_keys LIMIT 1
