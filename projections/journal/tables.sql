-- What the log is searched by, one row an event: what kind it is, who did it, about what. An event
-- that is about two (a transfer between partners, two households that are one) has a row for each,
-- numbered from 0 on. `number`: what the dote or household is called that begins with this event.
CREATE TABLE journal (
    log_index bigint NOT NULL,
    nth smallint NOT NULL,
    stream_id uuid NOT NULL,
    version integer NOT NULL,
    topic text NOT NULL,
    account_id uuid NOT NULL,
    partner text,
    household_id uuid,
    dote_id uuid,
    number text,
    PRIMARY KEY (log_index, nth)
);
CREATE INDEX journal_by_topic ON journal (topic, log_index);
CREATE INDEX journal_by_account ON journal (account_id, log_index);
CREATE INDEX journal_by_partner ON journal (partner, log_index);
CREATE INDEX journal_by_household ON journal (household_id, log_index)
    WHERE household_id IS NOT NULL;
CREATE INDEX journal_by_dote ON journal (dote_id, log_index) WHERE dote_id IS NOT NULL;
CREATE INDEX journal_beginnings ON journal (stream_id) WHERE version = 1 AND nth = 0;
CREATE INDEX journal_by_number ON journal (number) WHERE number IS NOT NULL;

SELECT guard_rows('journal');
