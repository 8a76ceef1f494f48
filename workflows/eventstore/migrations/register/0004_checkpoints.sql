-- What proves the log: the tree over it, and the checkpoints that were signed.

-- Inner nodes of the tree, at every eighth level only (over 256, 65536, ... leaves). They make
-- proofs quick and prove nothing by themselves: they can be thrown away and computed again.
CREATE TABLE tree_nodes (
    level smallint CHECK (level > 0 AND level % 8 = 0),
    idx bigint CHECK (idx >= 0),
    hash bytea NOT NULL CHECK (length(hash) = 32),
    PRIMARY KEY (level, idx)
);

-- One root for one size, for ever. `note` is the signed text that is given out.
CREATE TABLE checkpoints (
    size bigint PRIMARY KEY CHECK (size >= 1),
    root bytea NOT NULL CHECK (length(root) = 32),
    at timestamptz NOT NULL,
    note text NOT NULL
);

-- The public keys that sign, from one size of the log on. `change` is the note that both this key
-- and the one before signed; the private halves are in the keys schema.
CREATE TABLE checkpoint_keys (
    n integer PRIMARY KEY CHECK (n >= 1),
    key text NOT NULL UNIQUE,
    after_size bigint NOT NULL CHECK (after_size >= 0),
    change text,
    created_at timestamptz NOT NULL,
    CHECK ((n = 1) = (change IS NULL))
);

CREATE TRIGGER checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoints
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoint_keys_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint_keys
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
