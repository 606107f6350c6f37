-- A freeze has a term: it is told of before it ends, extended before it ends or not at all, and lifted by two persons.
ALTER TABLE stop_payment
    ADD COLUMN frozen_at       timestamptz,              -- since when the bank freezes; kept when the freeze has ended
    ADD COLUMN freeze_ends_at  timestamptz,              -- when the freeze ends by itself
    ADD COLUMN extensions      smallint NOT NULL DEFAULT 0; -- how often it was extended

-- those that stand already: since the bank agreed, for the term of the notice, six months where it names none
UPDATE stop_payment SET frozen_at = since.at, freeze_ends_at =
    (since.at AT TIME ZONE 'Asia/Shanghai' + make_interval(months => coalesce(term_months, 6))) AT TIME ZONE 'Asia/Shanghai'
FROM (SELECT stop_payment.id, coalesce(max(bank_answer.first_heard_at), stop_payment.stopped_at) AS at
    FROM stop_payment LEFT JOIN bank_answer
        ON stop_payment_id = stop_payment.id AND asked = 'freeze' AND effect = 'moved'
    WHERE stop_payment.status = 'frozen' GROUP BY stop_payment.id) AS since
WHERE stop_payment.id = since.id;

ALTER TABLE stop_payment
    ADD CONSTRAINT stop_payment_freeze_term CHECK
        (num_nonnulls(frozen_at, freeze_ends_at) <> 1 AND (status <> 'frozen' OR frozen_at IS NOT NULL)),
    ADD CONSTRAINT stop_payment_extensions CHECK (extensions >= 0),
    -- what a freeze gave back stays given back when it has ended
    DROP CONSTRAINT stop_payment_returned,
    ADD CONSTRAINT stop_payment_returned CHECK (returned_fen = 0
        OR returned_fen > 0 AND status IN ('frozen', 'released', 'expired') AND returned_fen <= held_fen),
    -- somebody is told before a freeze ends, too
    DROP CONSTRAINT stop_payment_alarm,
    ADD CONSTRAINT stop_payment_alarm CHECK (next_alarm_at IS NULL OR status IN ('active', 'partial', 'frozen'));
CREATE INDEX stop_payment_freeze_ends ON stop_payment (freeze_ends_at) WHERE status = 'frozen';
UPDATE stop_payment SET next_alarm_at = freeze_ends_at - interval '30 days' WHERE status = 'frozen';

-- The paper of what the bank is, or is to be, asked about a freeze that stands.
CREATE TABLE freeze_notice (
    stop_payment_id  uuid NOT NULL REFERENCES stop_payment,
    request          text NOT NULL,                      -- a further term, or the end
    document         text NOT NULL,                      -- its number
    approved_by      text,                               -- the head who approved
    term_months      smallint,                           -- of an extension: for how long
    PRIMARY KEY (stop_payment_id, request),
    CONSTRAINT freeze_notice_request CHECK (request IN ('extend_freeze', 'lift_freeze')),
    CONSTRAINT freeze_notice_term CHECK (term_months IS NULL
        OR request = 'extend_freeze' AND (term_months BETWEEN 1 AND 6 OR term_months = 12))
);

ALTER TABLE measure DROP CONSTRAINT measure_request;
ALTER TABLE measure ADD CONSTRAINT measure_request CHECK (request IN ('submit', 'inquire', 'renew', 'release', 'freeze',
    'extend_freeze', 'lift_freeze', 'expire', 'lift', 'cancel'));
