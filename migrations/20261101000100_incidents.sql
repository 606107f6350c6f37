-- One suspected fraud against one person, and what it was opened and graded by.

CREATE TABLE plan (
    hash           text PRIMARY KEY,                 -- SHA-256 of the text, hex
    name           text NOT NULL,                    -- high, medium, low
    body           text NOT NULL,                    -- the TOML as it was loaded
    first_used_at  timestamptz NOT NULL
);

CREATE TABLE incident (
    id                 uuid PRIMARY KEY,
    created_at         timestamptz NOT NULL,
    origin             text NOT NULL,                -- what came first: a call or an alert
    subject_phone      text NOT NULL,                -- normalised; alerts and calls join by it
    subject_name       text,
    subject_id_number  text,
    subject_address    text,
    division_code      text,                         -- GB/T 2260, six digits
    lat                double precision,             -- WGS-84
    lon                double precision,
    subject_age        smallint,                     -- years
    tier               text,                         -- NULL until the first assessment
    urgent             boolean,                      -- filled with tier
    scam_type          text,
    station_id         text NOT NULL,                -- whose area it is
    status             text NOT NULL,
    outcome            text,                         -- of a closed one: the label gradings are judged by
    prevented_fen      bigint,                       -- what the subject kept, where known
    closing_note       text,
    closed_at          timestamptz,
    plan_name          text,                         -- the pinned plan
    plan_hash          text REFERENCES plan,
    plan_begun_at      timestamptz,
    drill              boolean NOT NULL,             -- everything real except the outside; never counted
    version            bigint NOT NULL,              -- goes up with every change
    has_new_facts      boolean NOT NULL,             -- the queue of assessments
    wake_at            timestamptz,                  -- the queue of deadlines: when the plan may act next
    CONSTRAINT incident_origin CHECK (origin IN ('call', 'alert')),
    CONSTRAINT incident_tier CHECK (tier IN ('high', 'medium', 'low')),
    CONSTRAINT incident_grade CHECK ((tier IS NULL) = (urgent IS NULL)),
    CONSTRAINT incident_place CHECK ((lat IS NULL) = (lon IS NULL)),
    CONSTRAINT incident_plan CHECK (num_nulls(plan_name, plan_hash, plan_begun_at) IN (0, 3)),
    CONSTRAINT incident_open CHECK (status <> 'open' OR
        num_nulls(outcome, prevented_fen, closing_note, closed_at) = 4),
    CONSTRAINT incident_closed CHECK (status <> 'closed' OR
        (outcome IS NOT NULL AND closed_at IS NOT NULL AND wake_at IS NULL)),
    CONSTRAINT incident_status CHECK (status IN ('open', 'closed')),
    CONSTRAINT incident_outcome CHECK (outcome IN
        ('prevented', 'not_fraud', 'became_victim', 'unreachable', 'duplicate', 'handed_over'))
);
-- one open incident per person is what joins their alerts
CREATE UNIQUE INDEX incident_one_open ON incident (subject_phone, drill) WHERE status = 'open';
CREATE INDEX incident_unassessed ON incident (created_at) WHERE has_new_facts;
CREATE INDEX incident_asleep ON incident (wake_at) WHERE wake_at IS NOT NULL;
CREATE INDEX incident_newest ON incident (id DESC);
ALTER TABLE incident SET (autovacuum_vacuum_scale_factor = 0.01);

CREATE TABLE relative (
    incident_id  uuid NOT NULL REFERENCES incident,
    phone        text NOT NULL,
    place        smallint NOT NULL,                  -- the order in which they are called
    name         text,
    relation     text,
    PRIMARY KEY (incident_id, phone),
    CONSTRAINT relative_relation CHECK (relation IN ('spouse', 'child', 'parent', 'sibling', 'other'))
);

CREATE TABLE alert (
    id               uuid PRIMARY KEY,
    source           text NOT NULL,                  -- who sent it
    source_ref       text NOT NULL,                  -- the source's own reference
    incident_id      uuid NOT NULL REFERENCES incident,
    observed_at      timestamptz NOT NULL,           -- by the source's clock
    received_at      timestamptz NOT NULL,           -- by ours
    kind             text NOT NULL,
    subject_phone    text NOT NULL,
    subject_age      smallint,
    suspect_phone    text,
    suspect_url      text,
    suspect_app      text,
    suspect_account  text,
    source_level     text,
    scam_type        text,
    text             text,                           -- SMS or transcript
    signals          jsonb NOT NULL,                 -- what the source measured
    raw              jsonb NOT NULL,                 -- the body as it came, unknown fields and all
    CONSTRAINT alert_once_per_source UNIQUE (source, source_ref),
    CONSTRAINT alert_kind CHECK (kind IN ('call', 'sms', 'app', 'url', 'funds')),
    CONSTRAINT alert_source_level CHECK (source_level IN ('high', 'medium', 'low'))
);
CREATE INDEX alert_of_incident ON alert (incident_id, id);
CREATE INDEX alert_of_subject ON alert (subject_phone, received_at);
CREATE INDEX alert_of_suspect ON alert (suspect_phone, received_at) WHERE suspect_phone IS NOT NULL;
CREATE INDEX alert_received ON alert (received_at);

CREATE TABLE call (
    id            uuid PRIMARY KEY,
    call_ref      text,                              -- the 110 system's own reference
    incident_id   uuid NOT NULL REFERENCES incident,
    taken_by      uuid NOT NULL REFERENCES operator,
    received_at   timestamptz NOT NULL,              -- when the phone was picked up
    created_at    timestamptz NOT NULL,
    version       bigint NOT NULL,                   -- goes up with every completion
    body          jsonb NOT NULL,                    -- the report as the contract spells it
    CONSTRAINT call_once_per_ref UNIQUE (call_ref)
);
CREATE INDEX call_of_incident ON call (incident_id, id);

CREATE TABLE assessment (
    id             uuid PRIMARY KEY,
    incident_id    uuid NOT NULL REFERENCES incident,
    created_at     timestamptz NOT NULL,
    tier           text NOT NULL,
    urgent         boolean NOT NULL,
    score          integer,                          -- NULL where a person decided
    rules_version  text,                             -- SHA-256 of the rules, hex; NULL where a person decided
    reasons        jsonb NOT NULL,                   -- each rule that fired, its value and weight
    facts          jsonb NOT NULL,                   -- the inputs, so that it can be replayed
    made_by        text NOT NULL,                    -- lanjie, or the operator
    CONSTRAINT assessment_tier CHECK (tier IN ('high', 'medium', 'low'))
);
CREATE INDEX assessment_of_incident ON assessment (incident_id, id);

CREATE TABLE step_run (
    incident_id  uuid NOT NULL REFERENCES incident,
    step         text NOT NULL,                      -- the step's id in the pinned plan
    place        smallint NOT NULL,                  -- the plan's order
    status       text NOT NULL,
    started_at   timestamptz,
    due_at       timestamptz,                        -- when a running step becomes overdue, if ever
    overdue_at   timestamptz,                        -- when that was said, once
    ended_at     timestamptz,                        -- ended, skipped or cancelled
    outcome      text,
    PRIMARY KEY (incident_id, step),
    CONSTRAINT step_run_status CHECK (status IN ('waiting', 'running', 'ended', 'skipped', 'cancelled')),
    CONSTRAINT step_run_started CHECK (status NOT IN ('running', 'ended') OR started_at IS NOT NULL),
    CONSTRAINT step_run_over CHECK ((status IN ('ended', 'skipped', 'cancelled')) = (ended_at IS NOT NULL)),
    CONSTRAINT step_run_outcome CHECK ((status = 'ended') = (outcome IS NOT NULL))
);
