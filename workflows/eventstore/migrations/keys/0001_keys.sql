-- Data keys, one a subject (a household), wrapped by the master key. In a schema of their own,
-- so that they can have their own role and their own backup. Deleting a row erases the subject.

CREATE TABLE subject_keys (
    subject_id uuid PRIMARY KEY,
    wrapped bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
