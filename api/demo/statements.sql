-- name: strangers
-- How many people were invited who do not belong to the demonstration.
SELECT count(*) AS people FROM accounts WHERE name <> ALL (%(names)s)

-- name: alone
-- Waits until no other process loads the demonstration.
SELECT pg_advisory_xact_lock(%(key)s)

-- name: subjects
-- Everybody whose files are in the store.
SELECT subject_id FROM subject_keys

-- name: users
-- Other processes that work with the register.
SELECT count(*) AS processes FROM pg_stat_activity
WHERE application_name = %(name)s AND pid <> pg_backend_pid() AND datname = current_database()

-- name: lines
-- The bank's lines by what they are known again.
SELECT id, identity FROM register.bank_lines WHERE identity = ANY (%(identities)s)
