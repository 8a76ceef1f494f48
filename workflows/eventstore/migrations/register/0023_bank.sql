-- What of the bank's statements is known, so that the same file or line again changes nothing.
-- Rows are written together with their events, and hold no text: tokens are keyed.

CREATE TABLE bank_statements (
    id uuid PRIMARY KEY,
    account text NOT NULL,
    sha256 text NOT NULL,
    -- Which statement of its file.
    nth integer NOT NULL CHECK (nth >= 1),
    from_on date,
    to_on date,
    opening_cents bigint,
    closing_cents bigint,
    UNIQUE (account, sha256, nth)
);
CREATE INDEX bank_statements_in_order ON bank_statements (account, to_on);

-- `identity`: the account, the day, the amount, the bank's reference and words, and the how-manyth
-- of its kind on the day. `name_token`, `iban_token`: by what a payee is found (payees).
CREATE TABLE bank_lines (
    id uuid PRIMARY KEY,
    statement_id uuid NOT NULL REFERENCES bank_statements (id),
    identity bytea NOT NULL UNIQUE,
    name_token bytea,
    iban_token bytea
);

-- Which lines are of one match; whether it still holds, their streams say.
CREATE TABLE bank_matches (
    match_id uuid NOT NULL,
    line_id uuid NOT NULL REFERENCES bank_lines (id),
    PRIMARY KEY (match_id, line_id)
);

-- Which disbursements of doti a line has shown, as paid or as come back: each once.
CREATE TABLE bank_shown (
    dote_id uuid NOT NULL,
    n integer NOT NULL,
    kind text NOT NULL,
    match_id uuid NOT NULL,
    line_id uuid NOT NULL REFERENCES bank_lines (id),
    PRIMARY KEY (dote_id, n, kind, line_id)
);

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT ON bank_statements, bank_lines, bank_matches, bank_shown TO %I', app);
        EXECUTE format('GRANT DELETE ON bank_shown TO %I', app);
        -- What lines are found by is made anew (doti reindex).
        EXECUTE format('GRANT UPDATE (identity, name_token, iban_token) ON bank_lines TO %I', app);
    END IF;
END $$;
