-- Handing out an incident's whole record waits for a second person; and why that person decided so.
ALTER TABLE approval
    ADD COLUMN decision_reason text,                     -- in the second person's words
    DROP CONSTRAINT approval_kind,
    DROP CONSTRAINT approval_act,
    ADD CONSTRAINT approval_kind CHECK (kind IN
        ('lower_tier', 'cut_subject_line', 'release_stop_payment', 'export_incident')),
    ADD CONSTRAINT approval_act CHECK ((kind = 'lower_tier') = (tier IS NOT NULL AND urgent IS NOT NULL)
        AND (kind IN ('lower_tier', 'export_incident')) = (measure_id IS NULL));

-- What was handed out, to the byte, for as long as it may be fetched. The hash stays.
CREATE TABLE export (
    id           uuid PRIMARY KEY REFERENCES approval,   -- the approval that allowed it
    incident_id  uuid NOT NULL REFERENCES incident,
    made_at      timestamptz NOT NULL,                   -- when it was first fetched
    good_until   timestamptz NOT NULL,                   -- then its content is thrown away
    sha256       bytea NOT NULL,                         -- of the document
    document     bytea,                                  -- JSON; NULL: thrown away
    CONSTRAINT export_hash_is_sha256 CHECK (octet_length(sha256) = 32)
);
CREATE INDEX export_outlived ON export (good_until) WHERE document IS NOT NULL;
