-- The edges of the money graph: one row for each transfer that a bank told of, followed or not.
CREATE TABLE money_move (
    id            uuid PRIMARY KEY,
    incident_id   uuid NOT NULL REFERENCES incident,
    from_id       uuid NOT NULL REFERENCES stop_payment,  -- the order for the account it left
    to_id         uuid REFERENCES stop_payment,           -- the order for the account it reached, where there is one
    payee_kind    text NOT NULL,                          -- the account it reached
    payee_number  text,
    payee_holder  text,
    payee_bank_code text,
    amount_fen    bigint,                                 -- what was moved, where the bank told
    claim_fen     bigint NOT NULL,                        -- what of the claim it carried when it became known
    moved_at      timestamptz,                            -- by the bank's books
    reference     text,                                   -- the bank's serial
    followed      text NOT NULL,                          -- what was made of it
    created_at    timestamptz NOT NULL,
    CONSTRAINT money_move_followed CHECK (followed IN ('ordered', 'known_account', 'victims_own', 'beyond_claim',
        'below_floor', 'hop_limit', 'order_limit')),
    CONSTRAINT money_move_ordered CHECK (followed NOT IN ('ordered', 'known_account') OR to_id IS NOT NULL),
    CONSTRAINT money_move_amounts CHECK (amount_fen > 0 AND claim_fen >= 0)
);
COMMENT ON TABLE money_move IS 'transfers out of stopped accounts: the edges of the money graph';
CREATE INDEX money_move_of_incident ON money_move (incident_id, id);

-- the next hops that were ordered before their transfers were kept
INSERT INTO money_move (id, incident_id, from_id, to_id, payee_kind, payee_number, payee_holder, payee_bank_code,
    amount_fen, claim_fen, moved_at, reference, followed, created_at)
SELECT gen_random_uuid(), incident_id, parent_id, stop_payment.id, payee_kind, payee_number, payee_holder,
    payee_bank_code, amount_fen, coalesce(amount_fen, 0), transferred_at, reference, 'ordered', created_at
FROM stop_payment JOIN measure USING (id)
WHERE parent_id IS NOT NULL AND corrects_id IS NULL AND payee_kind IS NOT NULL;
