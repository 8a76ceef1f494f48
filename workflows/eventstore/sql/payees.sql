-- Who was paid, and for which doti. Statements that also run outside of a transaction: they name
-- their schema.

-- name: payee_by_tokens
-- The payee of a name and an IBAN (or none).
SELECT id FROM register.payees
WHERE name_token = %(name_token)s AND iban_token IS NOT DISTINCT FROM %(iban_token)s

-- name: payees_found
-- Who is called so, or has this IBAN; not more than somebody can choose from.
SELECT id FROM register.payees
WHERE name_token = %(name_token)s OR iban_token = %(iban_token)s
ORDER BY id LIMIT 50

-- name: insert_payee
INSERT INTO register.payees (id, name_token, iban_token)
VALUES (%(id)s, %(name_token)s, %(iban_token)s)

-- name: put_payee
-- The same again, under the tokens of today; where two have become one, one of them is found.
INSERT INTO register.payees (id, name_token, iban_token)
SELECT %(id)s, %(name_token)s, %(iban_token)s
WHERE NOT EXISTS (
    SELECT FROM register.payees
    WHERE id <> %(id)s AND name_token = %(name_token)s
      AND iban_token IS NOT DISTINCT FROM %(iban_token)s)
ON CONFLICT (id) DO UPDATE
    SET name_token = excluded.name_token, iban_token = excluded.iban_token

-- name: remove_payee
-- Together with the key, after the household that they were voted for alone. Where a vote for
-- another household came between, the database refuses, and the erasure is decided again.
DELETE FROM register.payees WHERE id = %(id)s

-- name: remove_payees_of_household
-- A household that is gone paid nobody.
DELETE FROM register.payee_doti WHERE household_id = %(id)s

-- name: payees_of_only
-- The payees that were voted for doti of these households and of no other one: with them they are
-- erased. Void votes count: what was sealed for them opens as well. Payees that were sealed under
-- the key of the household, as before payees had their own, are not among them.
SELECT DISTINCT mine.payee_id FROM register.payee_doti mine
WHERE mine.household_id = ANY (%(household_ids)s)
  AND NOT EXISTS (
    SELECT FROM register.payee_doti other
    WHERE other.payee_id = mine.payee_id AND other.household_id <> ALL (%(household_ids)s))
ORDER BY mine.payee_id

-- name: payees_of_iban
-- Who else is found by an IBAN.
SELECT id FROM register.payees
WHERE iban_token = %(iban_token)s AND id <> %(but)s ORDER BY id LIMIT 50

-- name: named_on
-- The doti that somebody was voted for, those of void votes too, and whose they are.
SELECT dote_id, household_id FROM register.payee_doti WHERE payee_id = %(id)s ORDER BY dote_id

-- name: payees_told
-- All that was told of some payees, each with its key, payee by payee.
SELECT e.stream_id, e.version, e.topic, e.state, keys.take_key(e.stream_id) AS wrapped
FROM register.events e WHERE e.stream_id = ANY (%(ids)s) AND e.topic = ANY (%(topics)s)
ORDER BY e.stream_id, e.version

-- name: payees_alike
-- Which of some payees share their IBAN with another name, or their name with another IBAN.
SELECT mine.id,
       EXISTS (SELECT FROM register.payees other
               WHERE other.iban_token = mine.iban_token AND other.name_token <> mine.name_token)
           AS iban_of_another,
       EXISTS (SELECT FROM register.payees other
               WHERE other.name_token = mine.name_token AND other.id <> mine.id
                 AND other.iban_token IS NOT NULL)
           AS another_iban
FROM register.payees mine WHERE mine.id = ANY (%(ids)s)
