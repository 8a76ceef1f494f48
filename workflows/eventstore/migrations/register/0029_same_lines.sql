-- By what a line of the bank is known again where another file tells it in other words: its day and
-- amount, what it names, and the balances of the days that a statement told.

ALTER TABLE bank_statements ADD COLUMN format text;
ALTER TABLE bank_lines
    ADD COLUMN account text,
    ADD COLUMN booked_on date,
    ADD COLUMN amount_cents bigint,
    -- Our own number of the payment that stands in it, if one does.
    ADD COLUMN number text,
    -- Keyed tokens: of the bank's reference, of the payer's, and of the text. Those of lines that
    -- came in before are made by `doti reindex`.
    ADD COLUMN reference_token bytea,
    ADD COLUMN end_to_end_token bytea,
    ADD COLUMN text_token bytea;

UPDATE bank_statements s SET format = told.state ->> 'format'
FROM (SELECT stream_id, convert_from(state, 'UTF8')::jsonb AS state FROM events
      WHERE topic = 'StatementImported') told
WHERE told.stream_id = s.id;

UPDATE bank_lines l
SET account = told.state ->> 'account',
    booked_on = (told.state ->> 'booked_on')::date,
    amount_cents = (told.state ->> 'amount_cents')::bigint,
    number = coalesce(
        told.state ->> 'end_to_end',
        (SELECT said FROM jsonb_array_elements_text(told.state -> 'references')
            WITH ORDINALITY AS these (said, nth)
         WHERE said ~ '^[^-]+-[^-]+-[^-]+-[^-]+$' ORDER BY nth LIMIT 1))
FROM (SELECT stream_id, convert_from(state, 'UTF8')::jsonb AS state FROM events
      WHERE topic = 'BankLineImported') told
WHERE told.stream_id = l.id;

ALTER TABLE bank_statements ALTER COLUMN format SET NOT NULL;
ALTER TABLE bank_lines
    ALTER COLUMN account SET NOT NULL,
    ALTER COLUMN booked_on SET NOT NULL,
    ALTER COLUMN amount_cents SET NOT NULL;
CREATE INDEX bank_lines_by_day ON bank_lines (account, booked_on);

-- What a statement told of each of its days, known lines too: the balances at the beginning and at
-- the end, where it has any, and the amounts between, in its order.
CREATE TABLE bank_days (
    statement_id uuid NOT NULL REFERENCES bank_statements (id),
    day date NOT NULL,
    opening_cents bigint,
    closing_cents bigint,
    amounts bigint[] NOT NULL,
    PRIMARY KEY (statement_id, day),
    CHECK ((opening_cents IS NULL) = (closing_cents IS NULL))
);

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT ON bank_days TO %I', app);
        EXECUTE format('GRANT UPDATE (number, reference_token, end_to_end_token, text_token)'
                       ' ON bank_lines TO %I', app);
    END IF;
END $$;
