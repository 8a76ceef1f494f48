-- Statements, their lines and what these were matched with. Names and texts stand in the events,
-- sealed; here are amounts, days and our own numbers.

CREATE TABLE statement_list (
    id uuid PRIMARY KEY,
    account text NOT NULL,
    format text NOT NULL,
    number text,
    from_on date,
    to_on date,
    opening_cents bigint,
    closing_cents bigint,
    lines integer NOT NULL,
    new_lines integer NOT NULL,
    at timestamptz NOT NULL
);
CREATE INDEX statement_list_newest ON statement_list (to_on DESC NULLS LAST, at DESC, id DESC);

-- `open_cents`: what nobody has said anything of, with the line's sign.
CREATE TABLE line_list (
    id uuid PRIMARY KEY,
    statement_id uuid NOT NULL,
    account text NOT NULL,
    booked_on date NOT NULL,
    value_on date,
    amount_cents bigint NOT NULL,
    open_cents bigint NOT NULL,
    is_return boolean NOT NULL,
    return_reason text,
    is_fee boolean NOT NULL,
    end_to_end text,
    reference_list text[] NOT NULL,
    part_list jsonb NOT NULL,
    is_set_aside boolean NOT NULL DEFAULT false,
    -- What the bank wrote on it is gone.
    is_erased boolean NOT NULL DEFAULT false,
    version integer NOT NULL,
    -- Where it came into the log: lines of a day stay as their statement has them.
    log_index bigint NOT NULL
);
CREATE INDEX line_list_open ON line_list (booked_on, log_index) WHERE open_cents <> 0;
CREATE INDEX line_list_by_day ON line_list (account, booked_on) INCLUDE (amount_cents);
CREATE INDEX line_list_written ON line_list (booked_on, id) WHERE NOT is_erased;

CREATE TABLE match_list (
    match_id uuid NOT NULL,
    line_id uuid NOT NULL,
    kind text NOT NULL,
    amount_cents bigint NOT NULL,
    payments jsonb NOT NULL,
    at timestamptz NOT NULL,
    by_account uuid NOT NULL,
    log_index bigint NOT NULL,
    undone_at timestamptz,
    PRIMARY KEY (match_id, line_id, kind, log_index)
);
CREATE INDEX match_list_newest ON match_list (log_index DESC);
CREATE INDEX match_list_by_line ON match_list (line_id);

-- What was paid by hand, without an order, and is still said to be paid or to have come back.
CREATE TABLE paid_by_hand (
    dote_id uuid NOT NULL,
    n integer NOT NULL,
    amount_cents bigint NOT NULL,
    value_date date NOT NULL,
    state text NOT NULL CHECK (state IN ('executed', 'returned')),
    method text,
    PRIMARY KEY (dote_id, n)
);
CREATE INDEX paid_by_hand_by_amount ON paid_by_hand (amount_cents, value_date);

-- What the lines of each month come to: what stood on an account when a month ended is added up
-- from it, however long ago its first line was.
CREATE TABLE bank_months (
    account text NOT NULL,
    month date NOT NULL,
    cents bigint NOT NULL,
    PRIMARY KEY (account, month)
);
