-- Which refunds a line has shown stands beside payments and returns: what was recorded by hand is
-- not recorded again when the bank's line comes. Parts of one line may be several refunds of one
-- payment.

ALTER TABLE bank_shown DROP CONSTRAINT bank_shown_pkey;
ALTER TABLE bank_shown ADD PRIMARY KEY (dote_id, n, kind, line_id, match_id);
INSERT INTO bank_shown (dote_id, n, kind, match_id, line_id)
SELECT DISTINCT (paid.told ->> 'dote_id')::uuid, (paid.told ->> 'n')::integer, 'refund',
       (said.state ->> 'match_id')::uuid, said.stream_id
FROM (SELECT stream_id, version, convert_from(state, 'UTF8')::jsonb AS state FROM events
      WHERE topic = 'LineMatched') said
CROSS JOIN LATERAL jsonb_array_elements(said.state -> 'payments') AS paid (told)
WHERE said.state ->> 'kind' = 'refund'
  AND NOT EXISTS (
      SELECT FROM (SELECT convert_from(u.state, 'UTF8')::jsonb AS state FROM events u
                   WHERE u.stream_id = said.stream_id AND u.version > said.version
                     AND u.topic = 'LineUnmatched') taken_back
      WHERE taken_back.state ->> 'match_id' = said.state ->> 'match_id'
        AND taken_back.state ->> 'kind' = 'refund')
ON CONFLICT DO NOTHING;
