-- name: money_events
-- Every event that moves money, numbered or not.
SELECT stream_id, version, topic, state FROM events WHERE topic = ANY (%(topics)s)

-- name: lines
SELECT partner, category, available_cents, committed_cents, disbursed_cents, documented_cents,
       disallowed_cents
FROM budget_lines

-- name: funds
SELECT funding_cents, unallocated_cents FROM funds

-- name: grants
SELECT dote_id, cents FROM exposure
