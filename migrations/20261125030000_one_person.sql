-- What a person is known by: every line they were named with, and their identity number. Alerts and calls join the
-- open incident of whoever has one of them.
CREATE TABLE subject_mark (
    incident_id    uuid NOT NULL,
    kind           text NOT NULL,
    value          text NOT NULL,                    -- normalised as incident.subject_phone, subject_id_number
    drill          boolean NOT NULL,                 -- the incident's
    is_open        boolean NOT NULL,                 -- the incident is open and has this mark for itself
    first_seen_at  timestamptz NOT NULL,
    seen_at        timestamptz NOT NULL,             -- the last alert or call that named it
    PRIMARY KEY (incident_id, kind, value),
    -- the marks are claimed first: only whoever has them all opens the incident
    CONSTRAINT subject_mark_of FOREIGN KEY (incident_id) REFERENCES incident DEFERRABLE INITIALLY DEFERRED,
    CONSTRAINT subject_mark_kind CHECK (kind IN ('phone', 'id_number'))
);
-- one open incident for each line and each person
CREATE UNIQUE INDEX subject_mark_one_open ON subject_mark (kind, value, drill) WHERE is_open;
CREATE INDEX subject_mark_value ON subject_mark (kind, value);

INSERT INTO subject_mark (incident_id, kind, value, drill, is_open, first_seen_at, seen_at)
SELECT id, 'phone', subject_phone, drill, status = 'open', created_at, created_at FROM incident;

-- of several that were opened before identity numbers joined, the oldest is joined from now on
INSERT INTO subject_mark (incident_id, kind, value, drill, is_open, first_seen_at, seen_at)
SELECT id, 'id_number', subject_id_number, drill,
    status = 'open' AND row_number() OVER (PARTITION BY subject_id_number, drill, status ORDER BY id) = 1,
    created_at, created_at
FROM incident WHERE subject_id_number IS NOT NULL;
