-- Who may act for whom, on whom they may not decide, and what is of which household. Statements that
-- also run outside of a transaction: they name their schemas.

-- name: insert_delegation
INSERT INTO register.delegations
    (id, account_id, to_account, role, partner, since, until, max_cents)
VALUES (%(id)s, %(account_id)s, %(to)s, %(role)s, %(partner)s, %(since)s, %(until)s,
        %(max_cents)s)

-- name: end_delegation
UPDATE register.delegations SET ended_at = %(at)s WHERE id = %(id)s

-- name: insert_conflict
INSERT INTO register.conflicts (id, account_id, household_id, member, tokens)
VALUES (%(id)s, %(account_id)s, %(household_id)s, %(member)s, %(tokens)s::bytea[])

-- name: lift_conflict
UPDATE register.conflicts SET lifted_at = %(at)s WHERE id = %(id)s

-- name: who_delegates
SELECT account_id FROM register.delegations WHERE id = %(id)s

-- name: who_declared
SELECT account_id FROM register.conflicts WHERE id = %(id)s

-- name: who_is_active
-- The account, if it has a live token of one of some roles.
SELECT account_id FROM register.tokens
WHERE account_id = %(id)s AND role = ANY (%(roles)s) AND revoked_at IS NULL
LIMIT 1

-- name: is_too_near
-- Whether one of some people has declared a conflict with who is found by one of these tokens.
SELECT EXISTS (
    SELECT FROM register.conflicts
    WHERE account_id = ANY (%(account_ids)s) AND lifted_at IS NULL
      AND tokens && %(tokens)s::bytea[]
) AS yes

-- name: insert_household_dote
INSERT INTO register.household_doti (dote_id, household_id)
VALUES (%(dote_id)s, %(household_id)s)

-- name: insert_dote_payee
-- Not where the household itself is paid.
INSERT INTO register.dote_payees (dote_id, payee_id)
SELECT dote_id, %(payee_id)s FROM register.household_doti
WHERE dote_id = %(dote_id)s AND household_id <> %(payee_id)s
ON CONFLICT DO NOTHING

-- name: merge_household
INSERT INTO register.household_merges (household_id, into_id)
VALUES (%(household_id)s, %(into_id)s)
ON CONFLICT (household_id) DO UPDATE SET into_id = excluded.into_id

-- name: unmerge_household
DELETE FROM register.household_merges WHERE household_id = %(household_id)s
