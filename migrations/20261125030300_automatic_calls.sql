-- Calls by machines: a provider dials, speaks a text and says how it went. Their measures are contacts.
CREATE TABLE auto_call (
    id        uuid PRIMARY KEY REFERENCES measure,
    phone     text NOT NULL,
    template  text NOT NULL,
    script    text NOT NULL,                         -- what is spoken
    status    text NOT NULL,
    outcome   text,                                  -- in the provider's words
    seconds   bigint,                                -- on the line
    keys      text,                                  -- what they pressed
    ended_at  timestamptz,
    CONSTRAINT auto_call_status CHECK (status IN ('queued', 'calling', 'done', 'failed', 'cancelled')),
    CONSTRAINT auto_call_outcome CHECK (outcome IN
        ('listened', 'hung_up', 'no_answer', 'busy', 'off', 'forwarded', 'wanted_a_person')),
    CONSTRAINT auto_call_done CHECK ((status = 'done') = (outcome IS NOT NULL)),
    CONSTRAINT auto_call_ended CHECK ((status IN ('done', 'failed', 'cancelled')) = (ended_at IS NOT NULL))
);
-- how often a person was called lately
CREATE INDEX auto_call_of_phone ON auto_call (phone);
