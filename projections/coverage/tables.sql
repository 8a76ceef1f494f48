-- One row a dote that was ever paid: what was paid, and what became of it, in cents.
CREATE TABLE coverage (
    dote_id uuid PRIMARY KEY,
    partner text NOT NULL,
    category text NOT NULL,
    paid_cents bigint NOT NULL DEFAULT 0,
    documented_cents bigint NOT NULL DEFAULT 0,
    refunded_cents bigint NOT NULL DEFAULT 0,
    disallowed_cents bigint NOT NULL DEFAULT 0,
    undocumented_cents bigint GENERATED ALWAYS AS
        (paid_cents - documented_cents - refunded_cents - disallowed_cents) STORED
);
CREATE INDEX coverage_by_line ON coverage (partner, category) INCLUDE (paid_cents, documented_cents,
    refunded_cents, disallowed_cents, undocumented_cents, dote_id);
-- Those of which something is missing or waits are few.
CREATE INDEX coverage_undocumented ON coverage (dote_id) WHERE undocumented_cents > 0;

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
SELECT guard_rows('coverage_payments');
SELECT guard_rows('coverage_waiting');
