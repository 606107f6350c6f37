-- Who may use Lanjie. Only the hash of a token is kept.

CREATE TABLE operator (
    id          uuid PRIMARY KEY,
    name        text NOT NULL UNIQUE,                -- how the timeline calls them
    role        text NOT NULL,                       -- see the checks
    station_id  text,                                -- of a station officer only
    source      text,                                -- of an alert source only
    created_at  timestamptz NOT NULL,
    CONSTRAINT operator_role CHECK (role IN
        ('dispatcher', 'supervisor', 'station_officer', 'source', 'auditor', 'admin')),
    CONSTRAINT operator_station CHECK ((role = 'station_officer') = (station_id IS NOT NULL)),
    CONSTRAINT operator_source CHECK ((role = 'source') = (source IS NOT NULL))
);

CREATE TABLE token (
    id           uuid PRIMARY KEY,
    operator_id  uuid NOT NULL REFERENCES operator,
    hash         bytea NOT NULL UNIQUE,              -- SHA-256 of the token
    created_at   timestamptz NOT NULL,
    revoked_at   timestamptz,                        -- no longer good from here on
    CONSTRAINT token_hash_is_sha256 CHECK (octet_length(hash) = 32)
);

-- The first answer to a request with an Idempotency-Key, written in the transaction of its effect.
CREATE TABLE first_answer (
    operator_id   uuid NOT NULL REFERENCES operator,
    key           text NOT NULL,                     -- as the client chose it
    request_hash  bytea NOT NULL,                    -- SHA-256 of method, path and body
    status        smallint NOT NULL,                 -- HTTP status; 0 while the transaction runs
    body          jsonb NOT NULL,                    -- what was answered
    created_at    timestamptz NOT NULL,
    PRIMARY KEY (operator_id, key)
);
