-- What was decided about filing a case, the papers that stops owe, the terms of a freeze, and what was given back.
CREATE TABLE filing (
    incident_id  uuid PRIMARY KEY REFERENCES incident,
    status       text NOT NULL,
    case_number  text,                               -- of a filed one
    filed_at     timestamptz,
    approved_by  text,                               -- the head who approved
    reason       text,                               -- of a refusal
    recorded_by  text NOT NULL,
    recorded_at  timestamptz NOT NULL,
    CONSTRAINT filing_status CHECK (status IN ('filed', 'refused')),
    CONSTRAINT filing_filed CHECK ((status = 'filed') = (case_number IS NOT NULL AND filed_at IS NOT NULL)),
    CONSTRAINT filing_refused CHECK ((status = 'refused') = (reason IS NOT NULL))
);

-- Papers that are there.
CREATE TABLE paper (
    stop_payment_id  uuid NOT NULL REFERENCES stop_payment,
    paper            text NOT NULL,
    reference        text NOT NULL,                  -- its number or place in the file
    delivered_by     text NOT NULL,
    delivered_at     timestamptz NOT NULL,
    PRIMARY KEY (stop_payment_id, paper),
    CONSTRAINT paper_kind CHECK (paper IN ('stop_form', 'acceptance_registration', 'filing_decision', 'freeze_notice'))
);

ALTER TABLE stop_payment
    ADD COLUMN papers_due_at   timestamptz,              -- when a paper falls due next
    ADD COLUMN approved_by     text,                     -- of a freeze: the head who approved
    ADD COLUMN frozen_fen      bigint,                   -- how much it names; NULL: all that is held
    ADD COLUMN term_months     smallint,                 -- how long it lasts
    ADD COLUMN scope           text,                     -- what it covers
    ADD COLUMN includes_yield  boolean,                  -- 孳息
    ADD COLUMN returned_fen    bigint NOT NULL DEFAULT 0, -- given back to the victim
    ADD CONSTRAINT stop_payment_freeze_terms CHECK (frozen_fen > 0 AND (term_months BETWEEN 1 AND 6 OR term_months = 12)),
    ADD CONSTRAINT stop_payment_returned CHECK
        (returned_fen = 0 OR returned_fen > 0 AND status = 'frozen' AND returned_fen <= held_fen);
CREATE INDEX stop_payment_papers ON stop_payment (papers_due_at) WHERE papers_due_at IS NOT NULL;
