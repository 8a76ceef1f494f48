-- They also run outside of a transaction, and so name their schema.

-- name: names
SELECT id, name FROM register.accounts WHERE id = ANY (%(ids)s)

-- name: note_use
UPDATE register.tokens SET last_used_on = %(today)s
WHERE id = %(id)s AND last_used_on IS DISTINCT FROM %(today)s

-- name: grants_of_role
-- The grants of a role, just as far as told, that are not over.
SELECT id FROM register.grants
WHERE account_id = %(id)s AND role = %(role)s AND partner IS NOT DISTINCT FROM %(partner)s
  AND revoked_at IS NULL AND (until IS NULL OR until >= %(today)s)

-- name: live
-- Which roles people hold today: granted, not revoked, in their days, of an account that is open.
WITH live AS NOT MATERIALIZED (
    SELECT g.account_id, g.role, g.partner, a.works_for
    FROM register.grants g JOIN register.accounts a ON a.id = g.account_id
    WHERE g.revoked_at IS NULL AND a.closed_at IS NULL
      AND g.since <= %(today)s AND (g.until IS NULL OR g.until >= %(today)s)
),

-- name: of_token
-- Who signs in with a token: in its one role, as long as the person holds it.
me AS (
    SELECT t.account_id, t.id AS token_id, t.read_only, t.until, t.last_used_on,
           jsonb_build_array(jsonb_build_array(t.role, t.partner)) AS grants
    FROM register.tokens t
    WHERE t.hash = %(hash)s AND t.revoked_at IS NULL
      AND (t.until IS NULL OR t.until >= %(today)s)
      AND EXISTS (
          SELECT FROM live
          WHERE live.account_id = t.account_id AND live.role = t.role
            AND (live.partner IS NULL OR live.partner = t.partner))
)

-- name: of_account
-- Who signs in as a person: in all their roles.
me AS (
    SELECT a.id AS account_id, NULL::uuid AS token_id, false AS read_only, NULL::date AS until,
           NULL::date AS last_used_on,
           (SELECT jsonb_agg(jsonb_build_array(live.role, live.partner)
                             ORDER BY live.role, live.partner)
            FROM live WHERE live.account_id = a.id) AS grants
    FROM register.accounts a
    WHERE a.id = %(id)s AND a.closed_at IS NULL
)

-- name: of_roles
-- Who may have one of these roles, their own or delegated.
me AS (
    SELECT live.account_id, NULL::uuid AS token_id, false AS read_only, NULL::date AS until,
           NULL::date AS last_used_on,
           jsonb_agg(jsonb_build_array(live.role, live.partner)
                     ORDER BY live.role, live.partner) AS grants
    FROM live
    GROUP BY live.account_id
    HAVING bool_or(live.role = ANY (%(roles)s)) OR live.account_id IN (
        SELECT to_account FROM register.delegations
        WHERE role = ANY (%(roles)s) AND ended_at IS NULL)
)

-- name: actors
-- They, with all that bears on what they may do today: what was delegated to them by people who
-- still hold the role, as far as both reach; and the households and doti that they or those people
-- have declared a conflict with. A person is found again in other households, a payee on other
-- doti; merged households count as one. Nobody acts for others who administers accounts, or holds
-- no role of their own.
SELECT me.*, %(today)s::date AS today, a.name, a.works_for,
       (SELECT jsonb_agg(DISTINCT jsonb_build_array(d.account_id, held.works_for, d.role,
                                                    coalesce(d.partner, held.partner),
                                                    d.max_cents))
        FROM register.delegations d
        JOIN live held ON held.account_id = d.account_id
        WHERE d.to_account = me.account_id AND d.ended_at IS NULL
          AND me.grants IS NOT NULL AND NOT me.grants @> '[["admin", null]]'
          AND %(today)s BETWEEN d.since AND d.until
          AND held.role = d.role
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
FROM me JOIN register.accounts a ON a.id = me.account_id

-- name: colleagues
-- Everybody who can sign in, in one of some roles.
SELECT a.id, a.name, a.works_for, array_agg(DISTINCT g.role ORDER BY g.role) AS roles
FROM register.grants g JOIN register.accounts a ON a.id = g.account_id
WHERE g.role = ANY (%(roles)s) AND g.revoked_at IS NULL AND a.closed_at IS NULL
  AND g.since <= %(today)s AND (g.until IS NULL OR g.until >= %(today)s)
GROUP BY a.id
ORDER BY a.name, a.id

-- name: accounts
-- Accounts as they are administered (one, or all): their roles that are not over, when they were
-- used last, how they sign in, and until when a link is good that was not used yet.
SELECT a.id, a.name, a.email, a.works_for, a.created_at, a.closed_at,
       (SELECT coalesce(jsonb_agg(jsonb_build_object(
                            'id', g.id, 'role', g.role, 'partner', g.partner,
                            'since', g.since, 'until', g.until)
                        ORDER BY g.since, g.role, g.partner, g.id), '[]')
        FROM register.grants g
        WHERE g.account_id = a.id AND g.revoked_at IS NULL
          AND (g.until IS NULL OR g.until >= %(today)s)) AS grants,
       greatest((SELECT max(t.last_used_on) FROM register.tokens t WHERE t.account_id = a.id),
                (SELECT max((s.seen_at AT TIME ZONE 'Europe/Rome')::date) FROM register.sessions s
                 WHERE s.account_id = a.id)) AS last_used_on,
       EXISTS (SELECT FROM register.factors f
               WHERE f.account_id = a.id
                 AND (f.kind = 'passkey' OR f.confirmed_at IS NOT NULL)) AS second_factor,
       (SELECT max(i.expires_at) FROM register.invitations i
        WHERE i.account_id = a.id AND i.used_at IS NULL AND i.expires_at > %(now)s
       ) AS invited_until
FROM register.accounts a
WHERE %(id)s::uuid IS NULL OR a.id = %(id)s
ORDER BY a.name, a.id

-- name: tokens_of
-- Somebody's tokens (or one of them), the newest first.
SELECT id, role, partner, label, read_only, until, last_used_on, created_at, revoked_at
FROM register.tokens
WHERE account_id = %(account_id)s AND (%(id)s::uuid IS NULL OR id = %(id)s)
ORDER BY created_at DESC, id
