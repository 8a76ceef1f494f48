-- By what a receipt is found again, at any desk: keyed tokens of its file, and of issuer, number and
-- amount of its paper. They say nothing without the key and go with the household that they are of.

CREATE TABLE receipt_papers (
    dote_id uuid NOT NULL,
    n integer NOT NULL CHECK (n > 0),
    household_id uuid NOT NULL,
    file_token bytea NOT NULL CHECK (length(file_token) = 16),
    paper_token bytea NOT NULL CHECK (length(paper_token) = 16),
    PRIMARY KEY (dote_id, n)
);
CREATE INDEX receipt_papers_by_file ON receipt_papers (file_token);
CREATE INDEX receipt_papers_by_paper ON receipt_papers (paper_token);
CREATE INDEX receipt_papers_by_household ON receipt_papers (household_id);

DO $$
DECLARE
    app text := current_schema() || '_app';
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = app) THEN
        EXECUTE format('GRANT INSERT, UPDATE, DELETE ON receipt_papers TO %I', app);
    END IF;
END $$;
