-- name: position
SELECT log_index, error, failed_index FROM projections WHERE name = %(name)s

-- name: positions
SELECT name, log_index, error, failed_index FROM projections

-- name: advance
UPDATE projections SET log_index = %(log_index)s, error = NULL, failed_index = NULL
WHERE name = %(name)s

-- name: fail
UPDATE projections SET error = %(error)s, failed_index = %(failed_index)s WHERE name = %(name)s

-- name: enlist
INSERT INTO projections (name, version) VALUES (%(name)s, %(version)s)
ON CONFLICT (name) DO UPDATE SET
    version = excluded.version, log_index = 0, error = NULL, failed_index = NULL

-- name: versions
-- As JSON: the oldest tables have no column for it, and are of version 1.
SELECT name, coalesce((to_jsonb(projections) ->> 'version')::integer, 1) AS version
FROM projections

-- name: role
SELECT rolname FROM pg_roles WHERE rolname = %(name)s
