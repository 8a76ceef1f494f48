-- One row a dote that was ever paid: what was paid, and what became of it, in cents. `oldest`: the
-- day of the first payment of which something is missing.
CREATE TABLE coverage (
    dote_id uuid PRIMARY KEY,
    partner text NOT NULL,
    category text NOT NULL,
    paid_cents bigint NOT NULL DEFAULT 0,
    documented_cents bigint NOT NULL DEFAULT 0,
    refunded_cents bigint NOT NULL DEFAULT 0,
    disallowed_cents bigint NOT NULL DEFAULT 0,
    undocumented_cents bigint GENERATED ALWAYS AS
        (paid_cents - documented_cents - refunded_cents - disallowed_cents) STORED,
    waiting_cents bigint NOT NULL DEFAULT 0,
    missing_cents bigint NOT NULL DEFAULT 0,
    oldest date
);
CREATE INDEX coverage_by_age ON coverage (coalesce(oldest, date 'infinity'), dote_id);
-- Those of which something is missing are few.
CREATE INDEX coverage_missing_first ON coverage (coalesce(oldest, date 'infinity'), dote_id)
    WHERE missing_cents > 0;

-- The sums of a budget line's doti.
CREATE TABLE coverage_lines (
    partner text NOT NULL,
    category text NOT NULL,
    doti bigint NOT NULL,
    paid_cents bigint NOT NULL,
    documented_cents bigint NOT NULL,
    waiting_cents bigint NOT NULL,
    missing_cents bigint NOT NULL,
    refunded_cents bigint NOT NULL,
    disallowed_cents bigint NOT NULL,
    PRIMARY KEY (partner, category)
);

-- The payments of these doti by their day; `back`: it bounced, or was never paid.
CREATE TABLE coverage_payments (
    dote_id uuid NOT NULL,
    n integer NOT NULL,
    partner text NOT NULL,
    amount_cents bigint NOT NULL,
    value_date date NOT NULL,
    back boolean NOT NULL DEFAULT false,
    PRIMARY KEY (dote_id, n)
);

-- What is missing of each of them.
CREATE TABLE coverage_missing (
    dote_id uuid NOT NULL,
    n integer NOT NULL,
    partner text NOT NULL,
    category text NOT NULL,
    value_date date NOT NULL,
    cents bigint NOT NULL CHECK (cents > 0),
    PRIMARY KEY (dote_id, n)
);

-- Their receipts that nobody has decided about.
CREATE TABLE coverage_waiting (
    dote_id uuid NOT NULL,
    n integer NOT NULL,
    partner text NOT NULL,
    amount_cents bigint NOT NULL,
    since timestamptz NOT NULL,
    PRIMARY KEY (dote_id, n)
);
CREATE INDEX coverage_waiting_first ON coverage_waiting (since, dote_id, n);

SELECT guard_rows('coverage');
SELECT guard_rows('coverage_lines');
SELECT guard_rows('coverage_payments');
SELECT guard_rows('coverage_missing');
SELECT guard_rows('coverage_waiting');
