-- Caps are by category: what each dote grants says in which. The older rows read it from their
-- event, whose state is JSON.

ALTER TABLE exposure ADD COLUMN category text;
UPDATE exposure SET category = (
    SELECT convert_from(state, 'UTF8')::jsonb -> 'line' ->> 'category' FROM events
    WHERE stream_id = dote_id AND topic = 'DoteApproved'
    ORDER BY version DESC LIMIT 1
);
ALTER TABLE exposure ALTER COLUMN category SET NOT NULL;
