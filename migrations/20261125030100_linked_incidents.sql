-- Incidents that turned out to be about one person.
CREATE TABLE incident_link (
    incident_id  uuid NOT NULL REFERENCES incident,
    other_id     uuid NOT NULL REFERENCES incident,
    relation     text NOT NULL,                      -- how the other stands to it; the other has a row too
    created_at   timestamptz NOT NULL,
    PRIMARY KEY (incident_id, other_id, relation),
    CONSTRAINT incident_link_relation CHECK (relation IN
        ('duplicate', 'duplicate_of', 'same_person', 'earlier', 'later')),
    CONSTRAINT incident_link_others CHECK (incident_id <> other_id)
);

-- The subject paid although an alert had come before: the figure that judges the warnings.
ALTER TABLE incident
    ADD COLUMN cheated_after_alert_at timestamptz;       -- when that became known
CREATE INDEX incident_cheated ON incident (cheated_after_alert_at) WHERE cheated_after_alert_at IS NOT NULL;
