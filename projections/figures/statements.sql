-- name: known
SELECT id, partner, district, adults, minors, merged_into FROM household_figures
WHERE id = ANY (%(ids)s)

-- name: save
INSERT INTO household_figures (id, partner, district, adults, minors, merged_into)
SELECT id, partner, district, adults, minors, merged_into
FROM jsonb_to_recordset(%(rows)s::jsonb) AS row (id uuid, partner text, district text,
    adults integer, minors integer, merged_into uuid)
ON CONFLICT (id) DO UPDATE SET
    district = excluded.district, adults = excluded.adults, minors = excluded.minors,
    merged_into = excluded.merged_into
