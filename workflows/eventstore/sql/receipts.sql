-- By what receipts are found again, at any desk. Statements that also run outside of a transaction:
-- they name their schema.

-- name: put_receipt
INSERT INTO register.receipt_papers (dote_id, n, household_id, file_token, paper_token)
VALUES (%(dote_id)s, %(n)s, %(household_id)s, %(file_token)s, %(paper_token)s)
ON CONFLICT (dote_id, n) DO UPDATE
    SET file_token = excluded.file_token, paper_token = excluded.paper_token

-- name: remove_receipts_of_household
DELETE FROM register.receipt_papers WHERE household_id = %(id)s

-- name: same
-- The receipts that are of one of these files or papers.
SELECT dote_id, n, file_token, paper_token FROM register.receipt_papers
WHERE file_token = ANY (%(files)s::bytea[]) OR paper_token = ANY (%(papers)s::bytea[])
ORDER BY dote_id, n
LIMIT 100

-- name: of_dote
SELECT dote_id, n, file_token, paper_token FROM register.receipt_papers
WHERE dote_id = %(dote_id)s
ORDER BY n
