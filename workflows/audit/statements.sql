-- name: nodes
-- Stored inner nodes, side by side on one level.
SELECT hash FROM tree_nodes
WHERE level = %(level)s AND idx >= %(start)s AND idx < %(end)s ORDER BY idx

-- name: leaves
-- Leaves side by side; positions count from 0, the log from 1.
SELECT leaf FROM log WHERE log_index > %(start)s AND log_index <= %(end)s ORDER BY log_index

-- name: stored_nodes
SELECT idx, hash FROM tree_nodes WHERE level = %(level)s AND idx = ANY(%(idx)s)

-- name: tiled
-- How many groups of 256 leaves have their inner node stored.
SELECT coalesce(max(idx) + 1, 0) AS groups FROM tree_nodes WHERE level = 8

-- name: insert_node
INSERT INTO tree_nodes (level, idx, hash) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING

-- name: leaf_at
SELECT leaf FROM log WHERE log_index = %(log_index)s

-- name: latest_checkpoint
SELECT note FROM checkpoints ORDER BY size DESC LIMIT 1

-- name: signed_size
SELECT coalesce(max(size), 0) AS size FROM checkpoints

-- name: next_checkpoints
SELECT size, root, note FROM checkpoints
WHERE size > %(after)s AND size <= %(upto)s ORDER BY size LIMIT %(limit)s

-- name: insert_checkpoint
INSERT INTO checkpoints (size, root, at, note) VALUES (%(size)s, %(root)s, %(at)s, %(note)s)

-- name: lock
SELECT pg_advisory_xact_lock(%(key)s)

-- name: public_keys
SELECT key, change FROM checkpoint_keys ORDER BY n

-- name: insert_public_key
INSERT INTO checkpoint_keys (n, key, after_size, change, created_at)
VALUES (%(n)s, %(key)s, %(after)s, %(change)s, %(at)s)

-- name: private_key
SELECT wrapped FROM signing_keys WHERE n = %(n)s

-- name: delete_private_keys
-- What is retired can sign no more.
DELETE FROM signing_keys WHERE n < %(n)s

-- name: export_log
-- The log with its events, for dossiers and audits. What a hand wrote into the tables may be
-- anything; times that no event can have become NULL, or a text that no dossier allows. The page
-- is cut first, so that its events are looked up one by one however large the tables are.
SELECT l.log_index, l.stream_id::text, l.version, l.leaf, e.topic, e.state,
       CASE WHEN isfinite(e.at) THEN (extract(epoch FROM e.at) * 1000000)::bigint END,
       CASE WHEN isfinite(l.known_at) THEN (extract(epoch FROM l.known_at) * 1000000)::bigint END,
       to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       to_char(l.known_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM (
    SELECT log_index, stream_id, version, leaf, known_at FROM log
    WHERE log_index > %(after)s AND log_index <= %(upto)s
    ORDER BY log_index LIMIT %(limit)s
) l LEFT JOIN events e USING (stream_id, version)
ORDER BY l.log_index

-- name: export_leaves
SELECT log_index, leaf FROM log
WHERE log_index > %(after)s AND log_index <= %(upto)s ORDER BY log_index LIMIT %(limit)s

-- name: export_stream
-- The same for one stream.
SELECT l.log_index, l.stream_id::text, l.version, l.leaf, e.topic, e.state,
       CASE WHEN isfinite(e.at) THEN (extract(epoch FROM e.at) * 1000000)::bigint END,
       CASE WHEN isfinite(l.known_at) THEN (extract(epoch FROM l.known_at) * 1000000)::bigint END,
       to_char(e.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
       to_char(l.known_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
FROM (
    SELECT log_index, stream_id, version, leaf, known_at FROM log
    WHERE stream_id = %(stream_id)s AND log_index > %(after)s AND log_index <= %(upto)s
    ORDER BY log_index LIMIT %(limit)s
) l LEFT JOIN events e USING (stream_id, version)
ORDER BY l.log_index

-- name: stored_event
-- One event with its place, to be proved.
SELECT l.log_index, l.stream_id::text, l.leaf, e.topic, e.state,
       CASE WHEN isfinite(e.at) THEN (extract(epoch FROM e.at) * 1000000)::bigint END
FROM log l LEFT JOIN events e USING (stream_id, version)
WHERE l.stream_id = %(stream_id)s AND l.version = %(version)s

-- name: count_stream
SELECT count(*) AS events FROM log
WHERE stream_id = %(stream_id)s AND log_index <= %(upto)s

-- name: end_of_log
SELECT coalesce(max(log_index), 0) AS found, (SELECT log_index FROM sequencer) AS said FROM log

-- name: where_leaves_are
SELECT log_index, leaf FROM log WHERE leaf = ANY(%(leaves)s)

-- name: broken_streams
-- Versions that do not follow each other, or stand in the log in another order.
SELECT log_index, stream_id::text, version FROM (
    SELECT log_index, stream_id, version,
           lag(version, 1, 0) OVER (PARTITION BY stream_id ORDER BY version) AS version_before,
           lag(log_index, 1, 0::bigint) OVER (PARTITION BY stream_id ORDER BY version)
               AS index_before
    FROM log WHERE log_index <= %(upto)s
) places
WHERE version <> version_before + 1 OR log_index < index_before
ORDER BY log_index
LIMIT %(limit)s

-- name: unlogged_events
-- Events that the sequencer has passed without numbering them.
SELECT e.stream_id::text, e.version
FROM events e
WHERE (e.txid, e.pos) <= ((SELECT txid FROM sequencer), (SELECT pos FROM sequencer))
  AND NOT EXISTS (SELECT FROM log l WHERE (l.stream_id, l.version) = (e.stream_id, e.version))
ORDER BY e.txid, e.pos
LIMIT %(limit)s
