-- A next hop is told the amount that was moved, which its bank must find in its books, and asked to hold no more
-- than what of the victim's claim the transfer carries.
ALTER TABLE stop_payment ADD COLUMN claim_fen bigint;
ALTER TABLE stop_payment ADD CONSTRAINT stop_payment_claim CHECK (claim_fen > 0);
COMMENT ON COLUMN stop_payment.claim_fen IS 'what is to be held at most, where that is less than amount_fen';

-- who else claims this account
CREATE INDEX stop_payment_account ON stop_payment (payee_number) WHERE payee_number IS NOT NULL;
