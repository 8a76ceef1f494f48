-- name: beginnings
-- What streams are about, as their first events say.
SELECT stream_id, partner, household_id FROM journal
WHERE version = 1 AND nth = 0 AND stream_id = ANY (%(ids)s)

-- name: save
INSERT INTO journal (log_index, nth, stream_id, version, topic, account_id, partner, household_id,
                     dote_id, number)
SELECT log_index, nth, stream_id, version, topic, account_id, partner, household_id, dote_id, number
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (log_index bigint, nth smallint, stream_id uuid,
    version integer, topic text, account_id uuid, partner text, household_id uuid, dote_id uuid,
    number text)
