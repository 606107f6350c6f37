-- A claim that another of our orders keeps from its account waits for the end of that hold, and then takes it over.
ALTER TABLE stop_payment ADD COLUMN held_by_id uuid REFERENCES stop_payment;
COMMENT ON COLUMN stop_payment.held_by_id IS 'of held_by_other: our order whose end it waits for';
ALTER TABLE stop_payment ADD CONSTRAINT stop_payment_held_by
    CHECK (held_by_id IS NULL OR status = 'held_by_other' AND held_by_id <> id);

-- those that wait already
UPDATE stop_payment SET held_by_id = holds.holder_id
FROM (SELECT DISTINCT ON (claim.id) claim.id, holder.id AS holder_id
    FROM stop_payment AS claim
        JOIN stop_payment AS holder
            ON holder.payee_bank_code = claim.payee_bank_code AND holder.payee_number = claim.payee_number
        JOIN measure AS claiming ON claiming.id = claim.id JOIN incident AS claims ON claims.id = claiming.incident_id
        JOIN measure AS holding ON holding.id = holder.id JOIN incident AS held ON held.id = holding.incident_id
    WHERE claim.status = 'held_by_other' AND holder.status IN ('active', 'partial', 'frozen')
        AND claims.drill = held.drill
    ORDER BY claim.id, holder.id) AS holds
WHERE stop_payment.id = holds.id;

CREATE INDEX stop_payment_waits ON stop_payment (held_by_id) WHERE held_by_id IS NOT NULL;
CREATE INDEX stop_payment_corrects ON stop_payment (corrects_id) WHERE corrects_id IS NOT NULL;
