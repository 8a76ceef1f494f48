-- name: merge_events
-- Every event that merges households or takes them apart, numbered or not, stream by stream.
SELECT stream_id, version, topic, state FROM events WHERE topic = ANY (%(topics)s)
ORDER BY stream_id, version

-- name: merges
SELECT household_id, into_id FROM merged_households
