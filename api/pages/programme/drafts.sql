-- Statements that run outside of a transaction: they name their schema.

-- name: begin
INSERT INTO register.policy_drafts (id, base, language, texts, changed_at, changed_by)
VALUES (%(id)s, %(base)s, %(language)s, %(texts)s, %(at)s, %(by)s)
ON CONFLICT (id) DO NOTHING

-- name: all
SELECT id, base, language, texts, version, changed_at, changed_by, simulation
FROM register.policy_drafts ORDER BY changed_at DESC, id LIMIT 100

-- name: one
SELECT id, base, language, texts, version, changed_at, changed_by, simulation
FROM register.policy_drafts WHERE id = %(id)s

-- name: save
UPDATE register.policy_drafts SET language = %(language)s, texts = %(texts)s,
    version = %(version)s + 1, changed_at = %(at)s, changed_by = %(by)s, simulation = NULL
WHERE id = %(id)s AND version = %(version)s
RETURNING version

-- name: remove
DELETE FROM register.policy_drafts WHERE id = %(id)s

-- name: simulated
UPDATE register.policy_drafts SET simulation = %(simulation)s
WHERE id = %(id)s AND version = %(version)s
  AND (%(run)s::text IS NULL OR simulation ->> 'run' = %(run)s)
RETURNING version
