-- Who is known and may do what, who may act for whom, on whom they may not decide, and what is of
-- which household. Statements that also run outside of a transaction: they name their schemas.

-- name: insert_account
-- One that an older version left here is there already.
INSERT INTO register.accounts (id, name, known_as, email, works_for, created_at)
VALUES (%(id)s, %(name)s, %(known_as)s, %(email)s, %(works_for)s, %(at)s)
ON CONFLICT (id) DO NOTHING

-- name: email
UPDATE register.accounts SET email = %(email)s WHERE id = %(id)s

-- name: works_for
UPDATE register.accounts SET works_for = %(partner)s WHERE id = %(id)s

-- name: close_account
-- A link that was not used yet is worth nothing any more.
WITH gone AS (
    DELETE FROM register.invitations WHERE account_id = %(id)s AND used_at IS NULL
)
UPDATE register.accounts SET closed_at = %(at)s WHERE id = %(id)s

-- name: reopen_account
UPDATE register.accounts SET closed_at = NULL WHERE id = %(id)s

-- name: insert_grant
INSERT INTO register.grants (id, account_id, role, partner, since, until)
VALUES (%(id)s, %(account_id)s, %(role)s, %(partner)s, %(since)s, %(until)s)

-- name: revoke_grant
UPDATE register.grants SET revoked_at = %(at)s WHERE id = %(id)s

-- name: insert_token
INSERT INTO register.tokens
    (id, hash, account_id, role, partner, label, read_only, until, created_at)
VALUES (%(id)s, %(hash)s, %(account_id)s, %(role)s, %(partner)s, %(label)s, %(read_only)s,
        %(until)s, %(at)s)

-- name: revoke_token
-- One that an older version revoked keeps its time.
UPDATE register.tokens SET revoked_at = %(at)s WHERE id = %(id)s AND revoked_at IS NULL

-- name: end_invitations
DELETE FROM register.invitations WHERE account_id = %(account_id)s AND used_at IS NULL

-- name: insert_invitation
-- The newest link is the only one.
WITH gone AS (
    DELETE FROM register.invitations WHERE account_id = %(account_id)s AND used_at IS NULL
)
INSERT INTO register.invitations (hash, account_id, expires_at)
VALUES (%(hash)s, %(account_id)s, %(until)s)

-- name: who_is_named
SELECT id FROM register.accounts WHERE known_as = %(known_as)s

-- name: who_has_email
SELECT id FROM register.accounts WHERE email = %(email)s

-- name: who_administers
SELECT DISTINCT g.account_id
FROM register.grants g JOIN register.accounts a ON a.id = g.account_id
WHERE g.role = 'admin' AND g.revoked_at IS NULL AND a.closed_at IS NULL
  AND g.since <= %(today)s AND (g.until IS NULL OR g.until >= %(today)s)

-- name: whose_token
SELECT account_id FROM register.tokens WHERE id = %(id)s

-- name: which_token
SELECT id FROM register.tokens WHERE hash = %(hash)s

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
-- The account, if it is open and has one of some roles today.
SELECT g.account_id
FROM register.grants g JOIN register.accounts a ON a.id = g.account_id
WHERE g.account_id = %(id)s AND g.role = ANY (%(roles)s)
  AND g.revoked_at IS NULL AND a.closed_at IS NULL
  AND g.since <= %(today)s AND (g.until IS NULL OR g.until >= %(today)s)
LIMIT 1

-- name: who_is_too_near
-- Who has declared a conflict with a payee who is found by one of these tokens.
SELECT DISTINCT account_id FROM register.conflicts
WHERE lifted_at IS NULL AND tokens && %(tokens)s::bytea[]

-- name: insert_household_dote
INSERT INTO register.household_doti (dote_id, household_id)
VALUES (%(dote_id)s, %(household_id)s)
