-- Each bank has a queue of its own in the queue of all: one step along this index for each, however long the others are.
CREATE INDEX measure_due_of_party ON measure (kind, counterparty, send_at) WHERE send_at IS NOT NULL;

-- Whom a try went to, and by which way.
ALTER TABLE attempt
    ADD COLUMN counterparty text,                        -- NULL: before this was kept
    ADD COLUMN route        text,                        -- first or second; NULL where there is one way only
    ADD CONSTRAINT attempt_route CHECK (route IN ('first', 'second'));
-- how a bank's latest tries ended
CREATE INDEX attempt_of_route ON attempt (counterparty, route, id) WHERE route IS NOT NULL;
-- how fast a bank answered lately
CREATE INDEX stop_payment_answered ON stop_payment (payee_bank_code, answered_at) WHERE answered_at IS NOT NULL;
