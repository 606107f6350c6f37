-- The ordered acts. `measure` is the queue they share: state, due time and lease of what the outside is to be
-- told. Each kind keeps its own facts and state in its own table under the same id.

CREATE TABLE measure (
    id              uuid PRIMARY KEY,
    incident_id     uuid NOT NULL REFERENCES incident,
    kind            text NOT NULL,
    step            text,                            -- the plan's step that ordered it
    ordered_by      text NOT NULL,                   -- lanjie, or the operator
    created_at      timestamptz NOT NULL,
    request         text,                            -- what the outside is to be told; NULL: nothing
    send_at         timestamptz,                     -- when to try next; filled with request
    counterparty    text,                            -- bank, carrier, provider or station system
    tries           integer NOT NULL DEFAULT 0,      -- of the present request
    first_tried_at  timestamptz,                     -- of the present request
    leased_by       uuid,                            -- the worker that is at it
    leased_until    timestamptz,                     -- when it is given back
    CONSTRAINT measure_kind CHECK (kind IN ('contact', 'sms', 'call_block', 'dispatch', 'stop_payment')),
    CONSTRAINT measure_request CHECK (request IN
        ('submit', 'inquire', 'renew', 'release', 'freeze', 'lift', 'cancel')),
    CONSTRAINT measure_queued CHECK ((request IS NULL) = (send_at IS NULL)),
    CONSTRAINT measure_lease CHECK ((leased_by IS NULL) = (leased_until IS NULL))
);
CREATE INDEX measure_of_incident ON measure (incident_id, id);
CREATE INDEX measure_due ON measure (kind, send_at) WHERE send_at IS NOT NULL;
ALTER TABLE measure SET (autovacuum_vacuum_scale_factor = 0.01);

-- One try to tell the outside, committed before the outside is told.
CREATE TABLE attempt (
    id          uuid PRIMARY KEY,
    measure_id  uuid NOT NULL REFERENCES measure,
    request     text NOT NULL,
    message_id  text NOT NULL,                       -- the webhook-id it went under
    started_at  timestamptz NOT NULL,
    ended_at    timestamptz,                         -- NULL: under way, or the worker died
    result      text,
    detail      text,                                -- no personal data
    CONSTRAINT attempt_result CHECK (result IN ('accepted', 'refused', 'not_delivered', 'unknown')),
    CONSTRAINT attempt_ended CHECK ((ended_at IS NULL) = (result IS NULL))
);
CREATE INDEX attempt_of_measure ON attempt (measure_id, id);

CREATE TABLE contact (
    id             uuid PRIMARY KEY REFERENCES measure,
    role           text NOT NULL,                    -- subject or relative
    place          smallint NOT NULL,                -- among the relatives; 0 for the subject
    name           text,
    phone          text NOT NULL,
    attempts       integer NOT NULL,
    max_attempts   integer NOT NULL,
    spacing_ms     bigint NOT NULL,                  -- between two tries
    due_at         timestamptz NOT NULL,             -- when to dial
    status         text NOT NULL,
    claimed_by     uuid REFERENCES operator,
    claimed_until  timestamptz,
    first_try_at   timestamptz,                      -- when the first outcome was reported
    verdict        text,
    ended_at       timestamptz,
    CONSTRAINT contact_role CHECK (role IN ('subject', 'relative')),
    CONSTRAINT contact_status CHECK (status IN ('pending', 'claimed', 'done', 'cancelled')),
    CONSTRAINT contact_claimed CHECK ((status = 'claimed') = (claimed_by IS NOT NULL AND claimed_until IS NOT NULL)),
    CONSTRAINT contact_done CHECK ((status = 'done') = (verdict IS NOT NULL)),
    CONSTRAINT contact_ended CHECK ((status IN ('done', 'cancelled')) = (ended_at IS NOT NULL)),
    CONSTRAINT contact_verdict CHECK (verdict IN ('convinced', 'doubtful', 'refused', 'unreachable'))
);
CREATE INDEX contact_queue ON contact (due_at) WHERE status IN ('pending', 'claimed');

CREATE TABLE message (
    id            uuid PRIMARY KEY REFERENCES measure,
    role          text NOT NULL,                     -- subject or relative
    phone         text NOT NULL,
    template      text NOT NULL,
    text          text NOT NULL,                     -- what they read
    flash         boolean NOT NULL,                  -- shown at once and not stored
    status        text NOT NULL,
    provider_ref  text,
    receipt_code  text,
    submitted_at  timestamptz,
    delivered_at  timestamptz,
    failed_at     timestamptz,
    CONSTRAINT message_role CHECK (role IN ('subject', 'relative')),
    CONSTRAINT message_status CHECK (status IN ('queued', 'submitted', 'delivered', 'failed', 'cancelled')),
    CONSTRAINT message_submitted CHECK (status NOT IN ('submitted', 'delivered') OR submitted_at IS NOT NULL),
    CONSTRAINT message_delivered CHECK ((status = 'delivered') = (delivered_at IS NOT NULL)),
    CONSTRAINT message_failed CHECK ((status = 'failed') = (failed_at IS NOT NULL))
);

CREATE TABLE call_block (
    id          uuid PRIMARY KEY REFERENCES measure,
    number      text NOT NULL,
    line        text NOT NULL,                       -- whose it is
    until       timestamptz NOT NULL,                -- when it ends by itself
    reason      text,
    status      text NOT NULL,
    blocked_at  timestamptz,
    CONSTRAINT call_block_line CHECK (line IN ('suspect', 'subject')),
    CONSTRAINT call_block_status CHECK (status IN ('awaiting_approval', 'requested', 'blocked', 'refused',
        'lifting', 'lifted', 'failed', 'cancelled')),
    CONSTRAINT call_block_blocked CHECK (status <> 'blocked' OR blocked_at IS NOT NULL)
);
CREATE INDEX call_block_ends ON call_block (until) WHERE status IN ('requested', 'blocked');
-- an open block of a number is not ordered twice
CREATE INDEX call_block_number ON call_block (number) WHERE status IN ('requested', 'blocked');

CREATE TABLE dispatch (
    id             uuid PRIMARY KEY REFERENCES measure,
    station_id     text NOT NULL,
    desk           text NOT NULL,                    -- who must see to it that somebody goes
    reason         text,
    accept_due_at  timestamptz NOT NULL,
    previous_id    uuid REFERENCES dispatch,         -- the returned one it succeeds
    status         text NOT NULL,
    accepted_at    timestamptz,
    departed_at    timestamptz,
    arrived_at     timestamptz,
    ended_at       timestamptz,
    feedback       jsonb,                            -- what the officers found
    CONSTRAINT dispatch_desk CHECK (desk IN ('station', 'county', 'command_centre')),
    CONSTRAINT dispatch_status CHECK (status IN
        ('created', 'accepted', 'departed', 'arrived', 'completed', 'returned', 'cancelled')),
    CONSTRAINT dispatch_accepted CHECK (status NOT IN ('accepted', 'departed', 'arrived', 'completed')
        OR accepted_at IS NOT NULL),
    CONSTRAINT dispatch_departed CHECK (status <> 'departed' OR departed_at IS NOT NULL),
    CONSTRAINT dispatch_arrived CHECK (status <> 'arrived' OR arrived_at IS NOT NULL),
    CONSTRAINT dispatch_ended CHECK ((status IN ('completed', 'returned', 'cancelled')) = (ended_at IS NOT NULL)),
    CONSTRAINT dispatch_fed_back CHECK ((status = 'completed') = (feedback IS NOT NULL))
);
CREATE INDEX dispatch_of_station ON dispatch (station_id, id);
CREATE INDEX dispatch_unsigned ON dispatch (accept_due_at) WHERE status = 'created';

CREATE TABLE stop_payment (
    id                uuid PRIMARY KEY REFERENCES measure,
    call_id           uuid REFERENCES call,          -- the call it came from
    transfer_place    smallint,                      -- and the transfer's place there
    parent_id         uuid REFERENCES stop_payment,  -- whose money moved on to this account
    corrects_id       uuid REFERENCES stop_payment,  -- the mismatched order it corrects
    hop               smallint NOT NULL,             -- accounts passed before this one
    round             smallint NOT NULL,             -- 1, or 2 after a renewal
    status            text NOT NULL,
    payee_kind        text,                          -- the account to stop
    payee_number      text,
    payee_holder      text,
    payee_bank_code   text,
    payer_kind        text,                          -- the victim's side
    payer_number      text,
    payer_holder      text,
    payer_bank_code   text,
    amount_fen        bigint,                        -- what was paid in
    transferred_at    timestamptz,                   -- when
    channel           text,
    reference         text,                          -- the bank's serial
    submitted_at      timestamptz,                   -- when the facts were complete
    answered_at       timestamptz,                   -- when the bank's first answer was stored
    result_code       text,                          -- the bank's last code
    remark            text,                          -- and its words
    balance_fen       bigint,                        -- before the stop
    held_fen          bigint,                        -- what can no longer leave
    stopped_at        timestamptz,                   -- by the bank's clock
    expires_at        timestamptz,                   -- 48 hours later
    case_number       text,                          -- of a freeze
    document          text,
    release_reason    text,
    CONSTRAINT stop_payment_once_per_transfer UNIQUE (call_id, transfer_place),
    CONSTRAINT stop_payment_origin CHECK ((call_id IS NULL) = (transfer_place IS NULL)),
    CONSTRAINT stop_payment_status CHECK (status IN ('draft', 'submitted', 'active', 'partial', 'empty', 'mismatch',
        'held_by_other', 'refused', 'frozen', 'released', 'expired', 'failed')),
    CONSTRAINT stop_payment_complete CHECK (status = 'draft' OR num_nulls(payee_kind, payee_number, payee_holder,
        payee_bank_code, amount_fen, transferred_at, submitted_at) = 0),
    CONSTRAINT stop_payment_hold CHECK ((status IN ('active', 'partial', 'frozen', 'released', 'expired')) =
        (held_fen IS NOT NULL AND stopped_at IS NOT NULL AND expires_at IS NOT NULL)),
    CONSTRAINT stop_payment_frozen CHECK (status <> 'frozen' OR case_number IS NOT NULL AND document IS NOT NULL),
    CONSTRAINT stop_payment_amounts CHECK (amount_fen > 0 AND balance_fen >= 0 AND held_fen >= 0),
    CONSTRAINT stop_payment_round CHECK (round BETWEEN 1 AND 2)
);
CREATE INDEX stop_payment_expires ON stop_payment (expires_at) WHERE status IN ('active', 'partial');
CREATE INDEX stop_payment_parent ON stop_payment (parent_id) WHERE parent_id IS NOT NULL;

CREATE TABLE approval (
    id           uuid PRIMARY KEY,
    incident_id  uuid NOT NULL REFERENCES incident,
    kind         text NOT NULL,
    measure_id   uuid REFERENCES measure,            -- what it is about, unless the incident itself
    tier         text,                               -- of a lowering
    urgent       boolean,
    reason       text NOT NULL,
    asked_by     uuid NOT NULL REFERENCES operator,
    created_at   timestamptz NOT NULL,
    decided_by   uuid REFERENCES operator,
    decided_at   timestamptz,
    status       text NOT NULL,
    CONSTRAINT approval_kind CHECK (kind IN ('lower_tier', 'cut_subject_line', 'release_stop_payment')),
    CONSTRAINT approval_act CHECK ((kind = 'lower_tier') = (tier IS NOT NULL AND urgent IS NOT NULL)
        AND (kind = 'lower_tier') = (measure_id IS NULL)),
    CONSTRAINT approval_status CHECK (status IN ('waiting', 'approved', 'rejected', 'lapsed')),
    CONSTRAINT approval_decided CHECK (status NOT IN ('approved', 'rejected')
        OR decided_by IS NOT NULL AND decided_at IS NOT NULL),
    CONSTRAINT approval_two_persons CHECK (decided_by <> asked_by)
);
CREATE INDEX approval_waiting ON approval (created_at) WHERE status = 'waiting';
