-- Accounts that were handed to funders. Statements that also run outside of a transaction: they
-- name their schema.

-- name: insert_rendiconto
INSERT INTO register.rendiconti (id, number, content, fingerprint)
VALUES (%(id)s, %(number)s, %(content)s, %(fingerprint)s)

-- name: withdraw_rendiconto
INSERT INTO register.rendiconti_withdrawn (id, last_number) VALUES (%(id)s, %(last_number)s)

-- name: all_rendiconti
-- In the order in which they were frozen.
SELECT r.id, r.content, w.last_number
FROM register.rendiconti r LEFT JOIN register.rendiconti_withdrawn w USING (id)
ORDER BY r.number

-- name: rendiconto
SELECT content FROM register.rendiconti WHERE id = %(id)s
