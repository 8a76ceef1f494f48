-- Where each projection stands, and the event that stopped it if one did.
CREATE TABLE IF NOT EXISTS projections (
    name text PRIMARY KEY,
    log_index bigint NOT NULL DEFAULT 0,
    error text,
    failed_index bigint
);
-- Which version of it these tables are (`projections.base.Projection`).
ALTER TABLE projections ADD COLUMN IF NOT EXISTS version integer NOT NULL DEFAULT 1;
