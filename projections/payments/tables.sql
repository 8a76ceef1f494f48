-- One row a payment. `id` is what everybody calls it: the dote's number, and its how-manieth payment
-- it is. Of what is due nobody has ordered anything yet: its number is the one that it would get.
-- `since`: when it came into this state; `due_on`: from when on it may be paid (NULL: at once);
-- `disbursement_n`: which disbursement of the dote carried it out.
CREATE TABLE payments (
    id text PRIMARY KEY,
    dote_id uuid NOT NULL,
    number text NOT NULL,
    n integer NOT NULL,
    state text NOT NULL
        CHECK (state IN ('due', 'ordered', 'authorised', 'cancelled', 'executed', 'returned')),
    partner text NOT NULL,
    category text NOT NULL,
    item text NOT NULL,
    household_id uuid NOT NULL,
    payee_id uuid NOT NULL,
    amount_cents bigint NOT NULL CHECK (amount_cents > 0),
    batch_id uuid,
    due_on date,
    since timestamptz NOT NULL,
    ordered_at timestamptz,
    executed_on date,
    disbursement_n integer
);
CREATE INDEX payments_of_dote ON payments (dote_id);
CREATE INDEX payments_in_state ON payments (state, id);
-- With all that is asked of what is due, so that the sum of it reads no row.
CREATE INDEX payments_due ON payments (payee_id, id)
    INCLUDE (partner, category, due_on, amount_cents, dote_id) WHERE state = 'due';
CREATE INDEX payments_by_amount ON payments (state, amount_cents, executed_on, id);
CREATE INDEX payments_of_payee ON payments (payee_id, executed_on, id);
CREATE INDEX payments_by_number ON payments (number);
CREATE INDEX payments_of_batch ON payments (batch_id, id) WHERE batch_id IS NOT NULL;

-- What it is reckoned from: one row a dote that was approved. `tranches`: what was planned, as
-- `[[cents, day or null], …]`; empty: as it comes. `is_open`: whether something may still be paid;
-- `by_hand`: how many payments went out that nobody ordered: each has used a number up.
CREATE TABLE payment_plans (
    dote_id uuid PRIMARY KEY,
    number text NOT NULL,
    partner text NOT NULL,
    category text NOT NULL,
    item text NOT NULL,
    household_id uuid NOT NULL,
    payee_id uuid,
    approved_cents bigint NOT NULL,
    disbursed_cents bigint NOT NULL,
    tranches jsonb NOT NULL,
    since timestamptz NOT NULL,
    is_open boolean NOT NULL,
    by_hand integer NOT NULL DEFAULT 0
);
CREATE INDEX payment_plans_of_payee ON payment_plans (payee_id);
CREATE INDEX payment_plans_by_number ON payment_plans (number);

CREATE TABLE payment_batches (
    id uuid PRIMARY KEY,
    version integer NOT NULL,
    number text NOT NULL,
    method text NOT NULL,
    execution_date date NOT NULL,
    state text NOT NULL CHECK (state IN ('prepared', 'authorised', 'cancelled')),
    payments integer NOT NULL,
    total_cents bigint NOT NULL,
    prepared_at timestamptz NOT NULL,
    prepared_by uuid NOT NULL,
    authorised_at timestamptz,
    authorised_by uuid,
    exported_at timestamptz
);
CREATE INDEX payment_batches_by_number ON payment_batches (number);
CREATE INDEX payment_batches_newest ON payment_batches (prepared_at DESC, id DESC);

-- Payees of whom another IBAN waits to be confirmed: nothing is paid to them.
CREATE TABLE frozen_payees (
    payee_id uuid PRIMARY KEY
);

-- Whose rows are seen by whom (0016_row_security.sql). A batch is the whole programme's.
SELECT guard_rows('payments');
SELECT guard_rows('payment_plans');
