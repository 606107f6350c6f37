-- The versions of the grading rules, which of them counts, and which rules were stopped.
CREATE TABLE rules_version (
    hash        text PRIMARY KEY,                    -- SHA-256 of the text, hex
    body        text NOT NULL,                       -- the TOML as it was read
    created_at  timestamptz NOT NULL,
    created_by  text NOT NULL,                       -- the operator who sent it, or lanjie for a configured file
    CONSTRAINT rules_version_hash CHECK (hash ~ '^[0-9a-f]{64}$')
);

-- Append-only: the last row of a place says what stands there. Without any, the configured file counts.
CREATE TABLE rules_publication (
    id           bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    place        text NOT NULL,                      -- live: what counts; shadow: what is tried beside it
    hash         text REFERENCES rules_version,      -- NULL: the shadow ended
    former_hash  text REFERENCES rules_version,      -- what stood there before
    act          text NOT NULL,
    at           timestamptz NOT NULL,
    asked_by     text NOT NULL,
    approved_by  text,                               -- the second person
    reason       text,
    CONSTRAINT rules_publication_place CHECK (place IN ('live', 'shadow')),
    CONSTRAINT rules_publication_act CHECK (act IN ('published', 'rolled_back', 'shadow_begun', 'shadow_ended')),
    CONSTRAINT rules_publication_shadow CHECK ((place = 'shadow') = (act IN ('shadow_begun', 'shadow_ended'))),
    CONSTRAINT rules_publication_ended CHECK ((act = 'shadow_ended') = (hash IS NULL)),
    CONSTRAINT rules_publication_two CHECK ((act = 'published') = (approved_by IS NOT NULL)
        AND approved_by <> asked_by)
);
CREATE INDEX rules_publication_last ON rules_publication (place, id DESC);
CREATE TRIGGER rules_publication_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON rules_publication
    EXECUTE FUNCTION refuse_change();

-- Rules that fired beyond their bound and do not count until a person looks.
CREATE TABLE rule_stop (
    id             bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    rules_version  text NOT NULL REFERENCES rules_version,
    rule           text NOT NULL,                    -- its id in that version
    stopped_at     timestamptz NOT NULL,
    hits           integer NOT NULL,                 -- how often it had fired
    gradings       integer NOT NULL,                 -- in how many
    max_rate       double precision NOT NULL,        -- the share it should have kept to
    reset_at       timestamptz,
    reset_by       text,
    reset_reason   text,
    CONSTRAINT rule_stop_reset CHECK (num_nulls(reset_at, reset_by, reset_reason) IN (0, 3))
);
CREATE UNIQUE INDEX rule_stop_present ON rule_stop (rules_version, rule) WHERE reset_at IS NULL;

ALTER TABLE assessment
    ADD COLUMN stopped text[] NOT NULL DEFAULT '{}',     -- the rules that did not count
    ADD COLUMN shadow  jsonb;                            -- what the rules on trial said, if there were any
CREATE INDEX assessment_by_rules ON assessment (rules_version, id) WHERE rules_version IS NOT NULL;
CREATE INDEX assessment_shadowed ON assessment (id) WHERE shadow IS NOT NULL;
