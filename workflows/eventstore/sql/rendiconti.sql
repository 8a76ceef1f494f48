-- Accounts that were handed to funders. Statements that also run outside of a transaction: they
-- name their schema.

-- name: insert_rendiconto
INSERT INTO register.rendiconti (id, number, content, fingerprint)
VALUES (%(id)s, %(number)s, %(content)s, %(fingerprint)s)

-- name: all_rendiconti
-- In the order in which they were frozen.
SELECT id, content FROM register.rendiconti ORDER BY number

-- name: rendiconto
SELECT content FROM register.rendiconti WHERE id = %(id)s
