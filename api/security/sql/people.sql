-- name: holders
-- Who can sign in under one of these roles, for the whole programme or for a partner.
SELECT DISTINCT accounts.id, accounts.name, tokens.role, tokens.partner
FROM register.tokens JOIN register.accounts ON accounts.id = tokens.account_id
WHERE tokens.revoked_at IS NULL AND tokens.role = ANY (%(roles)s)
  AND (tokens.partner IS NULL OR tokens.partner = %(partner)s)
