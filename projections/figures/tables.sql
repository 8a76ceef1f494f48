-- One row a household: what statistics count of it, and nothing that says who it is. `merged_into`:
-- the household that it counts with.
CREATE TABLE household_figures (
    id uuid PRIMARY KEY,
    partner text NOT NULL,
    district text,
    adults integer NOT NULL,
    minors integer NOT NULL,
    merged_into uuid
);
CREATE INDEX household_figures_merged ON household_figures (id) WHERE merged_into IS NOT NULL;

SELECT guard_rows('household_figures');
