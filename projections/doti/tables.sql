-- One row a dote: what lists filter and sort by, and the dote itself as its events left it
-- (private values are in it only as ciphertext).

CREATE TABLE doti (
    id uuid PRIMARY KEY,
    number text NOT NULL,
    state text NOT NULL,
    partner text NOT NULL,
    category text NOT NULL,
    item text NOT NULL,
    household_id uuid NOT NULL,
    waiting_for text[] NOT NULL,
    barred uuid[] NOT NULL,
    created_at timestamptz NOT NULL,
    changed_at timestamptz NOT NULL,
    snapshot jsonb NOT NULL
);
CREATE INDEX doti_newest ON doti (created_at DESC, id DESC);
CREATE INDEX doti_newest_of_partner ON doti (partner, created_at DESC, id DESC);
CREATE INDEX doti_newest_in_state ON doti (state, created_at DESC, id DESC);
CREATE INDEX doti_by_household ON doti (household_id, created_at DESC);
CREATE INDEX doti_by_waiting ON doti USING gin (waiting_for);
-- People type the beginning of a number or its end.
CREATE INDEX doti_by_number ON doti (number text_pattern_ops);
CREATE INDEX doti_by_end_of_number ON doti (reverse(number) text_pattern_ops);
