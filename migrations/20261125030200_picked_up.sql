-- Whether somebody has taken on in time what the plan asks of a person.
ALTER TABLE contact
    ADD COLUMN pick_up_ms      bigint,                   -- how long after due_at it must have been claimed
    ADD COLUMN three_way_with  text;                     -- who was on the line as well: 96110, a bank
ALTER TABLE step_run
    ADD COLUMN picked_up_at      timestamptz,            -- a contact was claimed, a dispatch signed for
    ADD COLUMN not_picked_up_at  timestamptz;            -- when it was said, once, that nobody had
