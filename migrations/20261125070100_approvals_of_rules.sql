-- Publishing rules waits for a second person too; it is about no incident.
ALTER TABLE approval
    ALTER COLUMN incident_id DROP NOT NULL,
    ADD COLUMN rules_hash text REFERENCES rules_version, -- of a publication
    DROP CONSTRAINT approval_kind,
    DROP CONSTRAINT approval_act,
    ADD CONSTRAINT approval_kind CHECK (kind IN
        ('lower_tier', 'cut_subject_line', 'release_stop_payment', 'export_incident', 'publish_rules')),
    ADD CONSTRAINT approval_act CHECK ((kind = 'lower_tier') = (tier IS NOT NULL AND urgent IS NOT NULL)
        AND (kind IN ('cut_subject_line', 'release_stop_payment')) = (measure_id IS NOT NULL)
        AND (kind = 'publish_rules') = (rules_hash IS NOT NULL)
        AND (kind = 'publish_rules') = (incident_id IS NULL));
