-- Payments that stand in a batch, or went out with one: a payment is never in two. What was
-- cancelled is taken out; its number is not given again. Written with its events.
CREATE TABLE payment_orders (
    dote_id uuid NOT NULL,
    n integer NOT NULL CHECK (n > 0),
    batch_id uuid NOT NULL,
    PRIMARY KEY (dote_id, n)
);
CREATE INDEX payment_orders_by_batch ON payment_orders (batch_id);

-- One counter of batches a year; a number that a failed command took is not given again.
DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    FOR year IN 2000..2099 LOOP
        EXECUTE format('CREATE SEQUENCE %I', 'batch_number_' || year);
        IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
            EXECUTE format('GRANT USAGE ON SEQUENCE %I TO %I', 'batch_number_' || year, app);
        END IF;
    END LOOP;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT, DELETE ON payment_orders TO %I', app);
    END IF;
END $$;
