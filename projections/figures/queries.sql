-- name: merged
-- Households that count with another one, with the one at the end of that way.
merged AS (
    SELECT id, merged_into AS root FROM household_figures WHERE merged_into IS NOT NULL
    UNION
    SELECT merged.id, next.merged_into
    FROM merged JOIN household_figures next ON next.id = merged.root
    WHERE next.merged_into IS NOT NULL
), roots AS (
    SELECT id, root FROM merged
    WHERE root NOT IN (SELECT id FROM household_figures WHERE merged_into IS NOT NULL)
)

-- name: chosen
-- The doti of some partners (NULL: all), requested in some months.
chosen AS (
    SELECT d.partner, d.category, d.item, d.state, d.id AS dote,
           coalesce(roots.root, d.household_id) AS household,
           to_char(d.created_at AT TIME ZONE 'Europe/Rome', 'YYYY-MM') AS month,
           (d.created_at AT TIME ZONE 'Europe/Rome')::date AS requested_on,
           to_char(d.changed_at AT TIME ZONE 'Europe/Rome', 'YYYY-MM') AS changed_month,
           d.urgent,
           d.requested_cents, d.approved_cents, d.disbursed_cents, d.documented_cents,
           d.refunded_cents, d.disallowed_cents
    FROM doti d LEFT JOIN roots ON roots.id = d.household_id
    WHERE (%(partners)s::text[] IS NULL OR d.partner = ANY (%(partners)s))
      AND (%(since)s::date IS NULL
           OR d.created_at >= %(since)s::date::timestamp AT TIME ZONE 'Europe/Rome')
      AND (%(until)s::date IS NULL
           OR d.created_at < %(until)s::date::timestamp AT TIME ZONE 'Europe/Rome')
)

-- name: cells
-- What there is by something: `key`, within `part` (the category of an item). A household counts
-- once in each. `few`: which households they are, where they are so few that it is not to be shown.
WITH RECURSIVE {merged}, {chosen}, per_household AS (
    SELECT CASE %(by)s::text WHEN 'category' THEN category WHEN 'item' THEN item
                WHEN 'partner' THEN chosen.partner WHEN 'district' THEN coalesce(f.district, '')
                WHEN 'month' THEN month ELSE '' END AS key,
           CASE %(by)s::text WHEN 'item' THEN category ELSE '' END AS part,
           household, f.adults, f.minors, count(*) AS doti,
           sum(requested_cents) AS requested_cents, sum(approved_cents) AS approved_cents,
           sum(disbursed_cents) AS disbursed_cents
    FROM chosen LEFT JOIN household_figures f ON f.id = chosen.household
    GROUP BY 1, 2, 3, 4, 5
)
SELECT key, part, count(*) AS households, sum(doti)::bigint AS doti,
       coalesce(sum(adults), 0)::bigint AS adults, coalesce(sum(minors), 0)::bigint AS minors,
       sum(requested_cents)::bigint AS requested_cents,
       sum(approved_cents)::bigint AS approved_cents,
       sum(disbursed_cents)::bigint AS disbursed_cents,
       CASE WHEN count(*) < %(small)s THEN array_agg(household) END AS few
FROM per_household
GROUP BY key, part
ORDER BY part, key

-- name: times
-- How many days it took from the request to the first payment, by something: in half of the doti at
-- most so many, and in nine of ten.
WITH RECURSIVE {merged}, {chosen}, paid AS (
    SELECT dote_id, min(value_date) AS day FROM coverage_payments WHERE NOT back GROUP BY dote_id
)
SELECT CASE %(by)s::text WHEN 'category' THEN category WHEN 'partner' THEN chosen.partner
            WHEN 'month' THEN month ELSE '' END AS key,
       count(DISTINCT household) < %(small)s AS suppressed,
       percentile_cont(0.5) WITHIN GROUP (ORDER BY greatest(paid.day - requested_on, 0)) AS median,
       percentile_cont(0.9) WITHIN GROUP (ORDER BY greatest(paid.day - requested_on, 0)) AS ninth
FROM chosen JOIN paid ON paid.dote_id = chosen.dote
GROUP BY 1
ORDER BY 1

-- name: years
-- In which years on the wall there are doti of some partners (NULL: all).
SELECT DISTINCT extract(year FROM created_at AT TIME ZONE 'Europe/Rome')::integer AS year
FROM doti WHERE %(partners)s::text[] IS NULL OR partner = ANY (%(partners)s)
ORDER BY year DESC

-- name: doti
-- One row a dote, for an export.
WITH RECURSIVE {merged}, {chosen}
SELECT chosen.*, f.district
FROM chosen LEFT JOIN household_figures f ON f.id = chosen.household
