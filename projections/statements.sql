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
INSERT INTO projections (name) VALUES (%(name)s) ON CONFLICT DO NOTHING

-- name: role
SELECT rolname FROM pg_roles WHERE rolname = %(name)s
