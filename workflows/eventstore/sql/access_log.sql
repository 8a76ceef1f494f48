-- Statements that also run outside of a transaction: they name their schema.

-- name: note
INSERT INTO register.access_log
    (at, what, account_id, role, household_id, dote_id, correlation_id, details)
VALUES (%(at)s, %(what)s, %(account_id)s, %(role)s, %(household_id)s, %(dote_id)s,
        %(correlation_id)s, %(details)s)
