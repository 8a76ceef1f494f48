-- What proves a rendiconto.

-- name: checkpoint_over
-- The first checkpoint over so many events.
SELECT note FROM checkpoints WHERE size >= %(size)s ORDER BY size LIMIT 1

-- name: leaves_at
SELECT log_index, leaf FROM log WHERE log_index = ANY (%(indexes)s) ORDER BY log_index

-- name: event_at
SELECT l.stream_id::text, l.version, e.topic, e.state,
       to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"') AS at
FROM log l JOIN events e USING (stream_id, version)
WHERE l.log_index = %(log_index)s
