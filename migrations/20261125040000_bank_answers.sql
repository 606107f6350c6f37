-- Every answer of a bank about a stop-payment with what it did, also those that changed nothing: a person weighs them.
CREATE TABLE bank_answer (
    stop_payment_id  uuid NOT NULL REFERENCES stop_payment,
    seq              bigint GENERATED ALWAYS AS IDENTITY,
    asked            text NOT NULL,                  -- what the bank had been asked last
    result_code      text NOT NULL,                  -- four digits
    balance_fen      bigint,                         -- before the stop
    held_fen         bigint,                         -- what can no longer leave
    stopped_at       timestamptz,                    -- by the bank's clock
    remark           text,                           -- the bank's words
    effect           text NOT NULL,                  -- what it did to the order
    first_heard_at   timestamptz NOT NULL,
    last_heard_at    timestamptz NOT NULL,           -- the same answer heard again in a row is one line
    times            integer NOT NULL,               -- how often it was heard
    PRIMARY KEY (stop_payment_id, seq),
    CONSTRAINT bank_answer_effect CHECK (effect IN
        ('moved', 'not_asked', 'repeated', 'contradicts', 'not_understood', 'ask_again', 'not_done')),
    CONSTRAINT bank_answer_times CHECK (times > 0 AND first_heard_at <= last_heard_at)
);
