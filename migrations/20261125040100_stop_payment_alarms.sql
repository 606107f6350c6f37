-- Before a stop ends somebody is told, at stored times: a restart forgets none. What has ended is told to its bank.
ALTER TABLE stop_payment
    ADD COLUMN next_alarm_at timestamptz;                -- of stops that stand: when somebody is told next
UPDATE stop_payment SET next_alarm_at = expires_at - interval '24 hours' WHERE status IN ('active', 'partial');
ALTER TABLE stop_payment
    ADD CONSTRAINT stop_payment_alarm CHECK (next_alarm_at IS NULL OR status IN ('active', 'partial'));
CREATE INDEX stop_payment_alarm ON stop_payment (next_alarm_at) WHERE next_alarm_at IS NOT NULL;
-- who else claims or holds the same account
CREATE INDEX stop_payment_of_account ON stop_payment (payee_bank_code, payee_number);

ALTER TABLE measure DROP CONSTRAINT measure_request;
ALTER TABLE measure ADD CONSTRAINT measure_request CHECK (request IN
    ('submit', 'inquire', 'renew', 'release', 'freeze', 'expire', 'lift', 'cancel'));
