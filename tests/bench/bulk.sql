-- Lives of doti made up in bulk: see tests/bench/bulk.py.

-- name: templates
CREATE TEMP TABLE templates (
    step integer PRIMARY KEY, topic text, version integer, state text, row_state text,
    snapshot text, turns text
) ON COMMIT DROP

-- name: insert_template
INSERT INTO templates VALUES (%(step)s, %(topic)s, %(version)s, %(state)s, %(row_state)s,
    %(snapshot)s, %(turns)s)

-- name: plan
-- The first events of these lives, in an order in which `spread` lives go on at the same time.
-- The running sums are what stands on the budget line of the life after its event.
CREATE TEMP TABLE plan ON COMMIT DROP AS
WITH lines AS (
    SELECT row_number() OVER (ORDER BY partner, category) - 1 AS n, budget_lines.*
    FROM budget_lines
), chosen AS (
    SELECT row_number() OVER (ORDER BY life + step::bigint * %(spread)s, step) AS nth, life, step,
           5000 + life * 37 %% 100 * 100 AS cents
    FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS life,
         generate_series(1, %(steps)s::integer) AS step
    ORDER BY nth
    LIMIT %(events)s
)
SELECT nth, life, step, cents, partner, category,
       md5('household ' || life)::uuid AS household_id, md5('dote ' || life)::uuid AS dote_id,
       s.known_at + nth * interval '1 second' AS at,
       available_cents + sum(CASE step WHEN 4 THEN -cents ELSE 0 END) OVER line AS available,
       committed_cents
           + sum(CASE step WHEN 4 THEN cents WHEN 5 THEN -cents ELSE 0 END) OVER line AS committed,
       disbursed_cents
           + sum(CASE step WHEN 5 THEN cents WHEN 7 THEN -cents ELSE 0 END) OVER line AS disbursed,
       documented_cents + sum(CASE step WHEN 7 THEN cents ELSE 0 END) OVER line AS documented
FROM chosen JOIN lines ON n = life %% (SELECT count(*) FROM lines), sequencer s
WINDOW line AS (PARTITION BY partner, category ORDER BY nth)

-- name: plan_index
CREATE INDEX ON plan (life, step)

-- name: analyze_plan
ANALYZE plan

-- name: noise
-- What stands in the places of ciphertexts.
CREATE TEMP TABLE noise ON COMMIT DROP AS
SELECT life, noise1, noise2, noise3, noise4, noise5, noise6
FROM generate_series(%(first)s::bigint, %(last)s::bigint) AS life
CROSS JOIN LATERAL (SELECT
    encode(sha256(convert_to(life || '.1', 'UTF8')), 'base64') AS noise1,
    encode(sha256(convert_to(life || '.2', 'UTF8')), 'base64') AS noise2,
    encode(sha256(convert_to(life || '.3', 'UTF8')), 'base64') AS noise3,
    encode(sha256(convert_to(life || '.4', 'UTF8')), 'base64') AS noise4,
    encode(sha256(convert_to(life || '.5', 'UTF8')), 'base64') AS noise5,
    encode(sha256(convert_to(life || '.6', 'UTF8')), 'base64') AS noise6
    OFFSET 0) AS noises

-- name: planned
CREATE TEMP VIEW planned AS
SELECT p.nth, p.life, p.step, p.dote_id, p.household_id, p.partner, p.category, p.cents, p.at,
       CASE step WHEN 1 THEN household_id ELSE dote_id END AS stream_id, t.version, t.topic,
       convert_to(format(t.state, written, written, partner, category,
           lpad(life::text, greatest(5, length(life::text)), '0'), household_id, dote_id,
           md5('command ' || life || ' ' || step)::uuid, md5('a' || life) || md5('b' || life),
           cents, available + cents, committed - cents, disbursed, documented, available,
           committed, noise1, noise2, noise3, noise4, noise5, noise6), 'UTF8') AS state
FROM plan p JOIN templates t USING (step) JOIN noise USING (life)
CROSS JOIN LATERAL to_char(at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS written

-- name: insert_events
INSERT INTO events (stream_id, version, topic, at, state)
SELECT stream_id, version, topic, at, state FROM planned ORDER BY nth

-- name: insert_log
INSERT INTO log (log_index, stream_id, version, known_at, leaf)
SELECT s.log_index + nth, stream_id, version, at, event_leaf(stream_id, version, topic, at, state)
FROM planned, sequencer s ORDER BY nth

-- name: insert_entries
INSERT INTO ledger_entries (log_index, nth, partner, category, account, cents, balance_cents,
    dote_id, event_type, at)
SELECT s.log_index + p.nth, posting.nth, partner, category, account, posting.cents, balance,
       dote_id, topic, at
FROM plan p
JOIN templates t USING (step)
CROSS JOIN LATERAL (VALUES
    (4, 0, 'available', -p.cents, available), (4, 1, 'committed', p.cents, committed),
    (5, 0, 'committed', -p.cents, committed), (5, 1, 'disbursed', p.cents, disbursed),
    (7, 0, 'disbursed', -p.cents, disbursed), (7, 1, 'documented', p.cents, documented)
) AS posting (step, nth, account, cents, balance), sequencer s
WHERE posting.step = p.step
ORDER BY p.nth, posting.nth

-- name: set_balances
INSERT INTO ledger_balances (partner, category, account, balance_cents)
SELECT DISTINCT ON (partner, category, account) partner, category, account, balance_cents
FROM ledger_entries WHERE log_index > (SELECT log_index FROM sequencer) AND partner <> ''
ORDER BY partner, category, account, log_index DESC, nth DESC
ON CONFLICT (partner, category, account) DO UPDATE SET balance_cents = excluded.balance_cents

-- name: add_marks
INSERT INTO ledger_marks (log_index, partner, category, account, balance_cents)
SELECT place, b.partner, b.category, b.account, e.balance_cents
FROM (SELECT DISTINCT (log_index - 1) / %(every)s * %(every)s AS place FROM ledger_entries
      WHERE log_index > (SELECT log_index FROM sequencer)) places
CROSS JOIN ledger_balances b
CROSS JOIN LATERAL (
    SELECT balance_cents FROM ledger_entries e
    WHERE e.partner = b.partner AND e.category = b.category AND e.account = b.account
      AND e.log_index <= place
    ORDER BY e.log_index DESC, e.nth DESC LIMIT 1
) e
WHERE place > (SELECT coalesce(max(log_index), 0) FROM ledger_marks)

-- name: add_months
INSERT INTO ledger_months AS m (month, partner, category, account, cents)
SELECT date_trunc('month', at AT TIME ZONE 'Europe/Rome')::date, partner, category, account,
       sum(cents)
FROM ledger_entries WHERE log_index > (SELECT log_index FROM sequencer) AND partner <> ''
GROUP BY 1, 2, 3, 4
ON CONFLICT (month, partner, category, account) DO UPDATE SET cents = m.cents + excluded.cents

-- name: add_kinds
INSERT INTO ledger_kinds AS k (event_type, partner, category, account, added_cents, taken_cents,
    postings)
SELECT event_type, partner, category, account, coalesce(sum(cents) FILTER (WHERE cents > 0), 0),
       coalesce(sum(cents) FILTER (WHERE cents < 0), 0), count(*)
FROM ledger_entries WHERE log_index > (SELECT log_index FROM sequencer) AND partner <> ''
GROUP BY 1, 2, 3, 4
ON CONFLICT (event_type, partner, category, account) DO UPDATE
SET added_cents = k.added_cents + excluded.added_cents,
    taken_cents = k.taken_cents + excluded.taken_cents, postings = k.postings + excluded.postings

-- name: ends
-- How far each life has come, and what its rows are made of; the times are those of steps 2, 4, 5.
CREATE TEMP TABLE ends ON COMMIT DROP AS
SELECT last.*, begun, to_char(last.at, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS written,
       to_char(begun, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS written_2,
       to_char(approved, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS written_4,
       to_char(paid, 'YYYY-MM-DD"T"HH24:MI:SS"Z"') AS written_5
FROM (SELECT DISTINCT ON (life) * FROM plan ORDER BY life, step DESC) last
JOIN (SELECT life, max(at) FILTER (WHERE step = 2) AS begun,
             max(at) FILTER (WHERE step = 4) AS approved,
             max(at) FILTER (WHERE step = 5) AS paid
      FROM plan GROUP BY life) times USING (life)
WHERE last.step > 1

-- name: insert_doti
INSERT INTO doti (id, number, state, partner, category, item, household_id, created_at, changed_at,
    snapshot)
SELECT dote_id, 'CI-2025-' || lpad(life::text, greatest(5, length(life::text)), '0'), t.row_state,
       partner, category,
       %(item)s || category, household_id, begun, at,
       format(t.snapshot, written, written_2, partner, category,
           lpad(life::text, greatest(5, length(life::text)), '0'), household_id, dote_id, '', md5('a' || life) || md5('b' || life), cents, 0, 0, 0, 0, 0, 0,
           noise1, noise2, noise3, noise4, noise5, noise6, written_4, written_5)::jsonb
FROM ends JOIN templates t USING (step) JOIN noise USING (life)
ORDER BY begun

-- name: insert_turns
INSERT INTO turns
SELECT row.*
FROM ends JOIN templates t USING (step)
CROSS JOIN LATERAL jsonb_populate_recordset(NULL::turns,
    format(t.turns, written, written_2, partner, category, '', household_id, dote_id, '', '',
        cents, 0, 0, 0, 0, 0, 0, '', '', '', '', '', '', written_4, written_5)::jsonb) AS row
ORDER BY begun

-- name: insert_households
INSERT INTO households (id, number, partner, counts_with, registered_at)
SELECT household_id, 'N-' || lpad(life::text, greatest(5, length(life::text)), '0'), partner, household_id, at
FROM plan WHERE step = 1 ORDER BY nth

-- name: insert_granted
INSERT INTO granted (dote_id, household_id, partner, category, at, cents)
SELECT dote_id, household_id, partner, category, at, cents FROM plan WHERE step = 4 ORDER BY nth

-- name: set_lines
UPDATE budget_lines b SET available_cents = available, committed_cents = committed,
    disbursed_cents = disbursed, documented_cents = documented
FROM (SELECT DISTINCT ON (partner, category) * FROM plan
      ORDER BY partner, category, nth DESC) newest
WHERE b.partner = newest.partner AND b.category = newest.category

-- name: insert_exposure
INSERT INTO exposure (dote_id, household_id, category, granted_at, cents)
SELECT dote_id, household_id, category, at, cents FROM plan WHERE step = 4

-- name: copy_keys
COPY subject_keys (subject_id, wrapped) FROM STDIN

-- name: advance_sequencer
UPDATE sequencer SET log_index = log_index + nth, known_at = at, txid = pg_current_xact_id(),
    pos = (SELECT max(pos) FROM events)
FROM (SELECT nth, at FROM plan ORDER BY nth DESC LIMIT 1) newest

-- name: advance_projections
UPDATE projections SET log_index = (SELECT log_index FROM sequencer)
