-- The same file may tell more than it did: a table, when other columns of it are chosen. That no
-- statement comes in twice is decided under the account's lock, line by line.
ALTER TABLE bank_statements DROP CONSTRAINT bank_statements_account_sha256_nth_key;
