-- Which households count as one. Statements that also run outside of a transaction: they name their
-- schema.

-- name: insert_merge
INSERT INTO register.merged_households (household_id, into_id)
VALUES (%(household_id)s, %(into_id)s)

-- name: remove_merge
DELETE FROM register.merged_households WHERE household_id = %(household_id)s
