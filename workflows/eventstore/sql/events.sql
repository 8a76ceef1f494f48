-- name: select_log
-- The log after an index, in its order.
-- The page is cut first, so that the join never looks further, whatever the statistics say.
SELECT l.log_index, l.known_at, e.stream_id, e.version, e.topic, e.at, e.state
FROM (
    SELECT log_index, known_at, stream_id, version FROM log
    WHERE log_index > %(after)s
    ORDER BY log_index
    LIMIT %(limit)s
) l JOIN events e USING (stream_id, version)
ORDER BY l.log_index

-- name: select_topics
-- What a part of the log holds of some kinds of events. The log has no gaps, so the part is known
-- by its ends.
SELECT l.log_index, l.known_at, e.stream_id, e.version, e.topic, e.at, e.state
FROM log l JOIN events e USING (stream_id, version)
WHERE l.log_index > %(after)s AND l.log_index <= %(upto)s AND e.topic = ANY (%(topics)s)
ORDER BY l.log_index

-- name: select_stream_log
-- One stream with its places in the log, as far as it is numbered.
SELECT l.log_index, l.known_at, e.stream_id, e.version, e.topic, e.at, e.state
FROM (
    SELECT log_index, known_at, stream_id, version FROM log
    WHERE stream_id = %(stream_id)s AND version > %(after)s
    ORDER BY version
    LIMIT %(limit)s
) l JOIN events e USING (stream_id, version)
ORDER BY l.version

-- name: select_places
-- Places of the log with what stands there, whatever is left of it.
SELECT l.log_index, l.known_at, l.stream_id, l.version, e.topic, e.at, e.state
FROM log l LEFT JOIN events e USING (stream_id, version)
WHERE l.log_index = ANY (%(indexes)s)
ORDER BY l.log_index

-- name: select_places_of_stream
-- The same for one stream.
SELECT l.log_index, l.known_at, l.stream_id, l.version, e.topic, e.at, e.state
FROM log l LEFT JOIN events e USING (stream_id, version)
WHERE l.stream_id = %(stream_id)s
ORDER BY l.version

-- name: select_begun
-- Which of some streams have begun.
SELECT stream_id FROM log WHERE stream_id = ANY (%(stream_ids)s) AND version = 1

-- name: last_index
-- The end of the log.
SELECT log_index, known_at FROM sequencer

-- name: index_at
-- The last index that was known at a time. Times never go back along the log (number_settled), so
-- it is the first row of the index before that time, however long the log is.
SELECT log_index FROM log WHERE known_at <= %(time)s
ORDER BY known_at DESC, log_index DESC LIMIT 1

-- name: index_of
-- Where an event of a stream stands in the log.
SELECT log_index FROM log WHERE stream_id = %(stream_id)s AND version = %(version)s

-- name: version_at_index
-- The version that a stream had at an index of the log.
SELECT coalesce(max(version), 0) AS version FROM log
WHERE stream_id = %(stream_id)s AND log_index <= %(log_index)s

-- name: try_lock
SELECT pg_try_advisory_xact_lock(%(key)s) AS got

-- name: number_settled
-- Gives the next numbers to settled events: those of transactions older than any that still
-- runs, so that nothing can appear before them any more. In (txid, pos) order an event comes
-- after all that it was decided on, because commands take their locks before their first write.
WITH settled AS (
    SELECT e.stream_id, e.version, e.at, e.txid, e.pos,
           event_leaf(e.stream_id, e.version, e.topic, e.at, e.state) AS leaf,
           row_number() OVER (ORDER BY e.txid, e.pos) AS nth
    FROM events e
    WHERE (e.txid, e.pos) > ((SELECT txid FROM sequencer), (SELECT pos FROM sequencer))
      AND e.txid < pg_snapshot_xmin(pg_current_snapshot())
      AND NOT EXISTS (SELECT FROM log WHERE log.stream_id = e.stream_id
                      AND log.version = e.version)
    ORDER BY e.txid, e.pos
    LIMIT %(limit)s
), numbered AS (
    INSERT INTO log (log_index, stream_id, version, known_at, leaf)
    SELECT s.log_index + nth, stream_id, version,
           greatest(s.known_at, max(at) OVER (ORDER BY nth)), leaf
    FROM settled, sequencer s
    RETURNING log_index, known_at
)
UPDATE sequencer
SET log_index = last.log_index, known_at = last.known_at, txid = newest.txid, pos = newest.pos
FROM (SELECT max(log_index) AS log_index, max(known_at) AS known_at FROM numbered) last,
     (SELECT txid, pos FROM settled ORDER BY nth DESC LIMIT 1) newest
WHERE last.log_index IS NOT NULL
RETURNING sequencer.log_index

-- name: instance
-- Which PostgreSQL instance counts the transaction ids, and which one the log was numbered on.
SELECT (pg_control_system()).system_identifier AS here, instance AS before FROM sequencer

-- name: stop_writers
-- Waits for the writers that are at it and keeps new ones out, until the transaction ends.
LOCK TABLE events IN SHARE ROW EXCLUSIVE MODE

-- name: number_restored
-- On a new instance transaction ids begin elsewhere and say nothing of what was restored. While
-- nobody writes, the order of the insertions alone is complete and right.
WITH restored AS (
    SELECT e.stream_id, e.version, e.at,
           event_leaf(e.stream_id, e.version, e.topic, e.at, e.state) AS leaf,
           row_number() OVER (ORDER BY e.pos) AS nth
    FROM events e
    WHERE NOT EXISTS (SELECT FROM log WHERE log.stream_id = e.stream_id
                      AND log.version = e.version)
), numbered AS (
    INSERT INTO log (log_index, stream_id, version, known_at, leaf)
    SELECT s.log_index + nth, stream_id, version,
           greatest(s.known_at, max(at) OVER (ORDER BY nth)), leaf
    FROM restored, sequencer s
    RETURNING log_index, known_at
)
SELECT max(log_index) AS log_index, max(known_at) AS known_at FROM numbered

-- name: begin_on_instance
-- What is written from now on has a transaction id that is not below the oldest running one.
UPDATE sequencer
SET instance = %(here)s, txid = pg_snapshot_xmin(pg_current_snapshot()), pos = 0,
    log_index = coalesce(%(log_index)s, log_index), known_at = coalesce(%(known_at)s, known_at)

-- name: oldest_writer
-- The transaction that holds the log back: the oldest one with a transaction id.
SELECT pid, application_name, xact_start AS since, state
FROM pg_stat_activity
WHERE backend_xid IS NOT NULL AND pid <> pg_backend_pid()
ORDER BY age(backend_xid) DESC
LIMIT 1

-- name: waiting_events
-- How many stored events have no number yet, and since when the oldest waits.
SELECT count(*) AS events, min(e.at) AS since
FROM events e
WHERE (e.txid, e.pos) > ((SELECT txid FROM sequencer), (SELECT pos FROM sequencer))

-- name: notify
SELECT pg_notify(%(channel)s, '')
