-- The event store: streams of events, and the gapless log that the sequencer makes of them.

CREATE TABLE events (
    stream_id uuid NOT NULL,
    version integer NOT NULL CHECK (version >= 1),
    -- A name without line breaks: the canonical bytes below rest on it.
    topic text NOT NULL CHECK (topic ~ '^[A-Za-z][A-Za-z0-9]*$'),
    at timestamptz NOT NULL,
    state bytea NOT NULL,
    -- Which transaction wrote it, and in which order: what the sequencer sorts by.
    txid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    pos bigint GENERATED ALWAYS AS IDENTITY,
    PRIMARY KEY (stream_id, version)
);
CREATE UNIQUE INDEX events_in_settling_order ON events (txid, pos);

CREATE TABLE log (
    log_index bigint PRIMARY KEY CHECK (log_index >= 1),
    stream_id uuid NOT NULL,
    version integer NOT NULL,
    -- The time up to which the log is known at this index; never decreases along the log.
    known_at timestamptz NOT NULL,
    -- RFC 6962 leaf hash of the event, see event_leaf.
    leaf bytea NOT NULL CHECK (length(leaf) = 32),
    UNIQUE (stream_id, version),
    FOREIGN KEY (stream_id, version) REFERENCES events (stream_id, version)
);
CREATE INDEX log_by_time ON log (known_at, log_index);

-- The leaf hash of an event: SHA-256 over 0x00 and its canonical bytes. These are six parts with
-- line breaks between: a tag, stream, version, type, time as microseconds since 1970, and the
-- stored state as it is (private values in it are ciphertext). Only the last part may contain
-- line breaks, so no two events share their bytes. dossier and audit compute the same elsewhere.
CREATE FUNCTION event_leaf(stream_id uuid, version integer, topic text, at timestamptz,
                           state bytea) RETURNS bytea
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN sha256('\x00'::bytea || convert_to(
    'doti-event-v1' || E'\n' || stream_id || E'\n' || version || E'\n' || topic || E'\n'
    || (extract(epoch FROM at) * 1000000)::bigint || E'\n', 'UTF8') || state);

-- Where the sequencer stands: the last event that it numbered.
CREATE TABLE sequencer (
    only_row boolean PRIMARY KEY DEFAULT true CHECK (only_row),
    -- The PostgreSQL instance that txid belongs to (its system identifier).
    instance bigint NOT NULL DEFAULT (pg_control_system()).system_identifier,
    log_index bigint NOT NULL DEFAULT 0,
    txid xid8 NOT NULL DEFAULT '0',
    pos bigint NOT NULL DEFAULT 0,
    known_at timestamptz NOT NULL DEFAULT 'epoch'
);
INSERT INTO sequencer DEFAULT VALUES;

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append only: % refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;

CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The library's figure for its own tables would mean never; these tables only grow, so what
-- matters is that the visibility map and the statistics keep up with the inserts.
ALTER TABLE events SET (autovacuum_vacuum_insert_scale_factor = 0.05,
                        autovacuum_analyze_scale_factor = 0.05);
ALTER TABLE log SET (autovacuum_vacuum_insert_scale_factor = 0.05,
                     autovacuum_analyze_scale_factor = 0.05);
