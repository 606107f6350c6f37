-- The append-only record of every incident, and what came in from outside parties.

CREATE TABLE timeline (
    seq          bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    incident_id  uuid NOT NULL REFERENCES incident,
    at           timestamptz NOT NULL,
    happening    text NOT NULL,                      -- the closed list of domain::timeline
    actor        text NOT NULL,                      -- operator, source, bank or lanjie
    data         jsonb NOT NULL,                     -- the particulars
    -- A reader that remembers (txid, seq) and reads only below the oldest running transaction misses nothing:
    -- seq alone is given out before the commit and may become visible out of order.
    txid         xid8 NOT NULL DEFAULT pg_current_xact_id()
);
CREATE INDEX timeline_of_incident ON timeline (incident_id, seq);
CREATE INDEX timeline_tail ON timeline (txid, seq);

CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'the % is append-only', TG_TABLE_NAME;
END $$;
CREATE TRIGGER timeline_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON timeline
    EXECUTE FUNCTION refuse_change();

-- Webhooks taken in: a replayed id has no second effect.
CREATE TABLE webhook_received (
    party        text NOT NULL,                      -- bank:ABC, carrier:CMCC, sms:main
    webhook_id   text NOT NULL,
    received_at  timestamptz NOT NULL,
    PRIMARY KEY (party, webhook_id)
);

-- Answers nobody could read, kept for a person.
CREATE TABLE unread_answer (
    id           uuid PRIMARY KEY,
    party        text NOT NULL,
    received_at  timestamptz NOT NULL,
    why          text NOT NULL,
    body         bytea NOT NULL
);
