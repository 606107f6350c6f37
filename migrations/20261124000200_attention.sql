-- After closing, the subject is called again; in that time a new alert or call reopens the incident.
ALTER TABLE incident
    ADD COLUMN follow_up_at timestamptz,                 -- when to call next; of closed ones only
    ADD COLUMN follow_ups   smallint NOT NULL DEFAULT 0, -- calls ordered since the last closing
    ADD CONSTRAINT incident_follow_up CHECK (follow_up_at IS NULL OR status = 'closed');
CREATE INDEX incident_follow_up ON incident (follow_up_at) WHERE follow_up_at IS NOT NULL;
CREATE INDEX incident_closed_of ON incident (subject_phone, closed_at) WHERE status = 'closed';
-- how often a person was texted lately
CREATE INDEX message_of_phone ON message (phone);
CREATE INDEX contact_of_phone ON contact (phone);
