-- name: insert_key
INSERT INTO subject_keys (subject_id, wrapped) VALUES (%s, %s)

-- name: select_key
SELECT wrapped FROM subject_keys WHERE subject_id = %s
