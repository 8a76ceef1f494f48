-- Where each projection stands, and the event that stopped it if one did.
CREATE TABLE IF NOT EXISTS projections (
    name text PRIMARY KEY,
    log_index bigint NOT NULL DEFAULT 0,
    error text,
    failed_index bigint
);
