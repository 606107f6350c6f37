-- A holder says that the stop of their account is wrong; it is decided by a second person within its time.
CREATE TABLE appeal (
    id                   uuid PRIMARY KEY,
    stop_payment_id      uuid NOT NULL REFERENCES stop_payment,
    incident_id          uuid NOT NULL REFERENCES incident,
    appellant_name       text NOT NULL,
    appellant_phone      text NOT NULL,
    appellant_id_number  text,
    reason               text NOT NULL,              -- in the holder's words
    materials            text[] NOT NULL,            -- what they brought
    registered_by        uuid NOT NULL REFERENCES operator,
    created_at           timestamptz NOT NULL,
    remind_at            timestamptz,                -- of open ones: when somebody is told that it is overdue
    status               text NOT NULL,
    decided_by           uuid REFERENCES operator,
    decided_at           timestamptz,
    decision             text,                       -- why
    notice               text,                       -- what the holder is told
    CONSTRAINT appeal_status CHECK (status IN ('open', 'granted', 'rejected')),
    CONSTRAINT appeal_decided CHECK
        (num_nonnulls(decided_by, decided_at, decision, notice) = CASE WHEN status = 'open' THEN 0 ELSE 4 END),
    CONSTRAINT appeal_reminded CHECK (remind_at IS NULL OR status = 'open'),
    CONSTRAINT appeal_two_persons CHECK (decided_by <> registered_by)
);
CREATE UNIQUE INDEX appeal_one_open ON appeal (stop_payment_id) WHERE status = 'open';
CREATE INDEX appeal_of_incident ON appeal (incident_id, id);
CREATE INDEX appeal_to_remind ON appeal (remind_at) WHERE remind_at IS NOT NULL;
