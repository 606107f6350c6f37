-- Handing an incident to another jurisdiction: within our map at once, else within 24 hours of telling the other side.
CREATE TABLE hand_over (
    id             uuid PRIMARY KEY,
    incident_id    uuid NOT NULL REFERENCES incident,
    created_at     timestamptz NOT NULL,
    division_code  text,                                 -- whose district it is
    station_id     text,                                 -- the station there, where it is on our map
    organisation   text,                                 -- or whom else, by name
    reason         text NOT NULL,
    status         text NOT NULL,
    due_at         timestamptz,                          -- when the other side must have answered
    overdue_at     timestamptz,                          -- when it was said, once, that it has not
    reference      text,                                 -- the other side's own
    ended_at       timestamptz,                          -- confirmed or withdrawn
    CONSTRAINT hand_over_to CHECK (num_nulls(division_code, organisation) = 1
        AND (station_id IS NULL OR division_code IS NOT NULL)),
    CONSTRAINT hand_over_status CHECK (status IN ('moved', 'pending', 'confirmed', 'withdrawn')),
    CONSTRAINT hand_over_moved CHECK ((status = 'moved') = (station_id IS NOT NULL)),
    CONSTRAINT hand_over_pending CHECK (status <> 'pending' OR due_at IS NOT NULL),
    CONSTRAINT hand_over_ended CHECK ((status IN ('confirmed', 'withdrawn')) = (ended_at IS NOT NULL))
);
CREATE INDEX hand_over_of_incident ON hand_over (incident_id, id);
CREATE UNIQUE INDEX hand_over_one_pending ON hand_over (incident_id) WHERE status = 'pending';
CREATE INDEX hand_over_due ON hand_over (due_at) WHERE status = 'pending' AND overdue_at IS NULL;
