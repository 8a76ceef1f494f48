-- They also run outside of a transaction, and so name their schema.

-- name: insert_account
-- A person; the name is what identifies one.
INSERT INTO register.accounts (id, name, known_as) VALUES (%(id)s, %(name)s, %(known_as)s)
ON CONFLICT (known_as) DO NOTHING

-- name: account_by_name
SELECT id FROM register.accounts WHERE known_as = %(known_as)s

-- name: names
SELECT id, name FROM register.accounts WHERE id = ANY (%(ids)s)

-- name: insert_token
INSERT INTO register.tokens (hash, account_id, role, partner)
VALUES (%(hash)s, %(account_id)s, %(role)s, %(partner)s)

-- name: actors
-- What tokens that were not revoked grant, with all that bears on what its person may do today:
-- what was delegated to them by people who still hold the role, as far as both reach; and the
-- households and doti that they or those people have declared a conflict with. A person is found
-- again in other households, a payee on other doti; merged households count as one.
SELECT me.account_id, a.name, me.role, me.partner, a.works_for,
       (SELECT jsonb_agg(DISTINCT jsonb_build_array(d.account_id, giver.works_for, d.role,
                                                    coalesce(d.partner, held.partner),
                                                    d.max_cents))
        FROM register.delegations d
        JOIN register.tokens held ON held.account_id = d.account_id
        JOIN register.accounts giver ON giver.id = d.account_id
        WHERE d.to_account = me.account_id AND me.role <> 'admin' AND d.ended_at IS NULL
          AND %(today)s BETWEEN d.since AND d.until
          AND held.role = d.role AND held.revoked_at IS NULL
          AND (held.partner IS NULL OR d.partner IS NULL OR held.partner = d.partner)
       ) AS delegated,
       (SELECT jsonb_agg(jsonb_build_array(c.account_id, near.id))
        FROM register.conflicts c
        CROSS JOIN LATERAL (
            SELECT unnest(register.household_group(c.household_id)) AS id
            WHERE c.household_id IS NOT NULL
            UNION
            SELECT unnest(register.household_group(other.household_id))
            FROM register.identities other
            WHERE other.token = ANY (ARRAY(
                SELECT known.token FROM register.identities known
                WHERE known.household_id = ANY (CASE WHEN c.member IS NULL
                          THEN register.household_group(c.household_id)
                          ELSE ARRAY[c.household_id] END)
                  AND known.kind IN ('identifier', 'person')
                  AND (c.member IS NULL OR known.member = c.member)))
            UNION
            SELECT p.dote_id FROM register.payee_identities p WHERE p.token = ANY (c.tokens)
        ) near
        WHERE c.lifted_at IS NULL AND c.account_id = ANY (ARRAY(
            SELECT me.account_id
            UNION ALL
            SELECT d.account_id FROM register.delegations d
            WHERE d.to_account = me.account_id AND d.ended_at IS NULL))
       ) AS conflicts
FROM register.tokens me JOIN register.accounts a ON a.id = me.account_id
WHERE me.revoked_at IS NULL

-- name: of_token
-- Which of the actors: the one that signs in.
AND me.hash = %(hash)s

-- name: of_roles
-- Which of the actors: those who may have one of these roles, their own or delegated.
AND (me.role = ANY (%(roles)s) OR me.account_id IN (
    SELECT to_account FROM register.delegations WHERE role = ANY (%(roles)s) AND ended_at IS NULL))

-- name: works_for
UPDATE register.accounts SET works_for = %(partner)s WHERE id = %(id)s

-- name: begin_to_work_for
-- Only of who worked for nobody so far.
UPDATE register.accounts SET works_for = %(partner)s WHERE id = %(id)s AND works_for IS NULL

-- name: colleagues
-- Everybody who can sign in, in one of some roles.
SELECT a.id, a.name, a.works_for, array_agg(DISTINCT t.role ORDER BY t.role) AS roles
FROM register.tokens t JOIN register.accounts a ON a.id = t.account_id
WHERE t.revoked_at IS NULL AND t.role = ANY (%(roles)s)
GROUP BY a.id
ORDER BY a.name, a.id

-- name: revoke_token
UPDATE register.tokens SET revoked_at = now() WHERE hash = %(hash)s AND revoked_at IS NULL
RETURNING account_id
