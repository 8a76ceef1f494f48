-- name: who_delegated
-- Whose delegations somebody sees: their own, those to them, or everybody's.
SELECT DISTINCT account_id FROM delegations
WHERE %(everybody)s OR account_id = %(reader)s OR to_account = %(reader)s

-- name: who_declared
-- Whose conflicts somebody sees.
SELECT DISTINCT account_id FROM conflicts WHERE %(everybody)s OR account_id = %(reader)s
