-- Postings, each with the balance of its account after it. Partner and category are '' on the
-- programme's own accounts.

CREATE TABLE ledger_entries (
    log_index bigint NOT NULL,
    nth smallint NOT NULL,
    partner text NOT NULL,
    category text NOT NULL,
    account text NOT NULL,
    cents bigint NOT NULL,
    balance_cents bigint NOT NULL,
    dote_id uuid,
    event_type text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (log_index, nth)
);
CREATE INDEX ledger_entries_by_account
    ON ledger_entries (partner, category, account, log_index DESC, nth DESC)
    INCLUDE (balance_cents);
CREATE INDEX ledger_entries_by_dote ON ledger_entries (dote_id, log_index) WHERE dote_id IS NOT NULL;
CREATE INDEX ledger_entries_by_time ON ledger_entries (at);
-- With what sums need, so that those over some time of a kind look into the index alone.
CREATE INDEX ledger_entries_by_kind ON ledger_entries (event_type, log_index)
    INCLUDE (partner, category, account, cents);

CREATE TABLE ledger_balances (
    partner text NOT NULL,
    category text NOT NULL,
    account text NOT NULL,
    balance_cents bigint NOT NULL,
    PRIMARY KEY (partner, category, account)
);

-- All balances as they stood at some places of the log (every so many events).
CREATE TABLE ledger_marks (
    log_index bigint NOT NULL,
    partner text NOT NULL,
    category text NOT NULL,
    account text NOT NULL,
    balance_cents bigint NOT NULL,
    PRIMARY KEY (log_index, partner, category, account)
);

-- What each account gained in each month, as calendars show it here: a year is drawn from it.
CREATE TABLE ledger_months (
    month date NOT NULL,
    partner text NOT NULL,
    category text NOT NULL,
    account text NOT NULL,
    cents bigint NOT NULL,
    PRIMARY KEY (month, partner, category, account)
);

-- What events of a kind put on each account and took from it, over all time.
CREATE TABLE ledger_kinds (
    event_type text NOT NULL,
    partner text NOT NULL,
    category text NOT NULL,
    account text NOT NULL,
    added_cents bigint NOT NULL,
    taken_cents bigint NOT NULL,
    postings bigint NOT NULL,
    PRIMARY KEY (event_type, partner, category, account)
);

-- The cash side: what stands at the bank and what it is for (domain.cash). No row is a partner's.
CREATE TABLE cash_entries (
    log_index bigint NOT NULL,
    nth smallint NOT NULL,
    account text NOT NULL,
    cents bigint NOT NULL,
    balance_cents bigint NOT NULL,
    dote_id uuid,
    event_type text NOT NULL,
    at timestamptz NOT NULL,
    PRIMARY KEY (log_index, nth)
);
CREATE INDEX cash_entries_by_account ON cash_entries (account, log_index DESC, nth DESC)
    INCLUDE (balance_cents);

CREATE TABLE cash_balances (
    account text PRIMARY KEY,
    balance_cents bigint NOT NULL
);

-- Whose rows are seen by whom (0016_row_security.sql): the programme's own accounts are nobody's.
SELECT guard_rows('ledger_entries');
SELECT guard_rows('ledger_balances');
SELECT guard_rows('ledger_marks');
SELECT guard_rows('ledger_months');
SELECT guard_rows('ledger_kinds');
