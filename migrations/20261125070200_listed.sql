-- Numbers, accounts and addresses that somebody listed: as a fraudster's, or as one to be protected from a mistake.
CREATE TABLE listed (
    id          uuid PRIMARY KEY,
    list        text NOT NULL,
    kind        text NOT NULL,
    value       text NOT NULL,                       -- normalised as alerts keep it
    source      text NOT NULL,                       -- who says so
    confidence  smallint NOT NULL,                   -- how sure, in percent
    expires_at  timestamptz,                         -- NULL: never
    note        text,
    added_by    text NOT NULL,
    created_at  timestamptz NOT NULL,
    CONSTRAINT listed_list CHECK (list IN ('suspect', 'protected')),
    CONSTRAINT listed_kind CHECK (kind IN ('number', 'account', 'url')),
    CONSTRAINT listed_confidence CHECK (confidence BETWEEN 1 AND 100),
    CONSTRAINT listed_once_per_source UNIQUE (kind, value, list, source)
);
CREATE INDEX listed_newest ON listed (id DESC);

-- what the history of an alert asks for
CREATE INDEX alert_of_account ON alert (suspect_account, received_at) WHERE suspect_account IS NOT NULL;
CREATE INDEX alert_of_url ON alert (suspect_url, received_at) WHERE suspect_url IS NOT NULL;
CREATE INDEX incident_of_subject ON incident (subject_phone, id);
