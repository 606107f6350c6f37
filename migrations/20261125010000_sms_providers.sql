-- Several SMS providers, and texts in parts: who took a text, under which id each part is known there, and the
-- receipts that came before the text they are about was known to be taken.

ALTER TABLE message ADD COLUMN provider text;        -- the id of the provider that took it
-- of one person's texts the older one leaves first
CREATE INDEX message_queued_to ON message (phone, id) WHERE status = 'queued';

CREATE TABLE message_part (
    message_id    uuid NOT NULL REFERENCES message,
    place         smallint NOT NULL,                 -- from 0, in reading order
    provider      text NOT NULL,
    provider_ref  text NOT NULL,                     -- as the provider wrote it
    ref_key       text NOT NULL,                     -- in the spelling that receipts are matched by
    receipt       text,                              -- what became of it
    PRIMARY KEY (message_id, place),
    CONSTRAINT message_part_receipt CHECK (receipt IN ('delivered', 'failed'))
);
-- not unique: some SMS centres count from one again after a restart
CREATE INDEX message_part_ref ON message_part (provider, ref_key);

CREATE TABLE receipt_aside (
    id            uuid PRIMARY KEY,
    provider      text NOT NULL,
    provider_ref  text NOT NULL,                     -- as the receipt has it
    ref_key       text NOT NULL,
    receipt       text NOT NULL,
    code          text,
    received_at   timestamptz NOT NULL,
    CONSTRAINT receipt_aside_receipt CHECK (receipt IN ('delivered', 'failed'))
);
CREATE INDEX receipt_aside_ref ON receipt_aside (provider, ref_key);
