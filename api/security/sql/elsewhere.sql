-- name: forget_flows
DELETE FROM register.flows_elsewhere WHERE expires_at <= %(now)s

-- name: begin_flow
INSERT INTO register.flows_elsewhere
    (state_hash, before_hash, nonce, verifier, next, shared_computer, invitation_hash, account_id,
     session_id, expires_at)
VALUES (%(state_hash)s, %(before_hash)s, %(nonce)s, %(verifier)s, %(next)s, %(shared_computer)s,
        %(invitation_hash)s, %(account_id)s, %(session_id)s, %(expires_at)s)

-- name: take_flow
-- Once, and only by the browser that began it.
DELETE FROM register.flows_elsewhere
WHERE state_hash = %(state_hash)s AND before_hash = %(before_hash)s
RETURNING nonce, verifier, next, shared_computer, invitation_hash, account_id, session_id,
          expires_at <= %(now)s AS is_over

-- name: account_of
SELECT account_id FROM register.identities_elsewhere
WHERE issuer = %(issuer)s AND subject = %(subject)s

-- name: link
-- No row: the identity is linked already, or the account is.
INSERT INTO register.identities_elsewhere (issuer, subject, account_id, linked_at)
VALUES (%(issuer)s, %(subject)s, %(account_id)s, %(now)s)
ON CONFLICT DO NOTHING
RETURNING account_id

-- name: links
SELECT issuer, linked_at FROM register.identities_elsewhere
WHERE account_id = %(account_id)s
ORDER BY linked_at, issuer

-- name: unlink
DELETE FROM register.identities_elsewhere
WHERE account_id = %(account_id)s AND issuer = %(issuer)s
RETURNING account_id

-- name: forget_password
DELETE FROM register.credentials WHERE account_id = %(account_id)s
