-- One row a dote: what lists filter and sort by, and the dote itself as its events left it
-- (private values are in it only as ciphertext). `next_alarm_at`: when somebody is to be told next
-- about what it waits for.

CREATE TABLE doti (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    state text NOT NULL,
    partner text NOT NULL,
    category text NOT NULL,
    item text NOT NULL,
    household_id uuid NOT NULL,
    next_alarm_at timestamptz,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    snapshot jsonb NOT NULL,
    -- What is counted of many: taken out once, and not read out of each snapshot again.
    urgent boolean GENERATED ALWAYS AS ((snapshot ->> 'urgent')::boolean) STORED,
    requested_cents bigint GENERATED ALWAYS AS ((snapshot ->> 'requested_cents')::bigint) STORED,
    approved_cents bigint GENERATED ALWAYS AS ((snapshot ->> 'approved_cents')::bigint) STORED,
    disbursed_cents bigint GENERATED ALWAYS AS ((snapshot ->> 'disbursed_cents')::bigint) STORED,
    documented_cents bigint GENERATED ALWAYS AS ((snapshot ->> 'documented_cents')::bigint) STORED,
    refunded_cents bigint GENERATED ALWAYS AS ((snapshot ->> 'refunded_cents')::bigint) STORED,
    disallowed_cents bigint GENERATED ALWAYS AS ((snapshot ->> 'disallowed_cents')::bigint) STORED
);
CREATE INDEX doti_counted ON doti (created_at) INCLUDE (id, household_id, partner, category, item,
    requested_cents, approved_cents, disbursed_cents);
CREATE INDEX doti_newest ON doti (created_at DESC, id DESC);
CREATE INDEX doti_newest_of_partner ON doti (partner, created_at DESC, id DESC);
CREATE INDEX doti_newest_in_state ON doti (state, created_at DESC, id DESC);
CREATE INDEX doti_by_household ON doti (household_id, created_at DESC);
CREATE INDEX doti_by_category ON doti (category);
CREATE INDEX doti_by_item ON doti (item);
CREATE INDEX doti_by_alarm ON doti (next_alarm_at, id) WHERE next_alarm_at IS NOT NULL;
-- People type the beginning of a number or its end.
CREATE INDEX doti_by_number ON doti (number text_pattern_ops);
CREATE INDEX doti_by_end_of_number ON doti (reverse(number) text_pattern_ops);

-- Whose turn it is: `domain.turns.Turn`, one row each, numbered within its dote. `at_stake_cents`:
-- what a delegate must be trusted with to do it, 0 where nothing depends on the amount. `people`:
-- who had a part in the dote so far. `not_partners`: '' stands for nobody's.
CREATE TABLE turns (
    dote_id uuid NOT NULL,
    nth smallint NOT NULL,
    partner text NOT NULL,
    category text NOT NULL,
    household_id uuid NOT NULL,
    stage text NOT NULL,
    why text NOT NULL,
    action text NOT NULL,
    roles text[] NOT NULL,
    since timestamptz NOT NULL,
    due timestamptz,
    amount_cents bigint NOT NULL,
    at_stake_cents bigint NOT NULL,
    given smallint NOT NULL,
    wanted smallint NOT NULL,
    barred uuid[] NOT NULL,
    not_partners text[] NOT NULL,
    people uuid[] NOT NULL,
    PRIMARY KEY (dote_id, nth)
);
-- What is due first; what has no deadline, last.
CREATE INDEX turns_in_order
    ON turns (coalesce(due, timestamptz 'infinity'), since, dote_id, nth);
CREATE INDEX turns_of_partner_in_order
    ON turns (partner, coalesce(due, timestamptz 'infinity'), since, dote_id, nth);
CREATE INDEX turns_by_role ON turns USING gin (roles);
CREATE INDEX turns_by_person ON turns USING gin (people);

-- What decisions on doti look at besides the dote: the rules, by version,
CREATE TABLE policies (
    version integer PRIMARY KEY,
    document jsonb NOT NULL
);

-- what each dote grants to its household, and since when,
CREATE TABLE granted (
    dote_id uuid PRIMARY KEY,
    household_id uuid NOT NULL,
    partner text NOT NULL,
    category text NOT NULL,
    at timestamptz NOT NULL,
    cents bigint NOT NULL
);
CREATE INDEX granted_by_household ON granted (household_id);

-- and the households themselves, by what people call them. `counts_with`: the household that goes
-- on for them, which is themselves unless they were merged.
CREATE TABLE households (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    partner text NOT NULL,
    counts_with uuid NOT NULL,
    registered_at timestamptz NOT NULL
);
CREATE INDEX households_newest ON households (registered_at DESC, id DESC);
CREATE INDEX households_newest_of_partner ON households (partner, registered_at DESC, id DESC);
CREATE INDEX households_by_other ON households (counts_with);
CREATE INDEX households_by_number ON households (number text_pattern_ops);
-- What is compared by LIKE is no use to those who are held to rows: theirs are found by partner.
CREATE INDEX households_of_partner ON households (partner);
CREATE INDEX households_by_end_of_number ON households (reverse(number) text_pattern_ops);

-- Whose rows are seen by whom (0016_row_security.sql).
SELECT guard_rows('doti');
SELECT guard_rows('turns');
SELECT guard_rows('households');
SELECT guard_rows('granted');
