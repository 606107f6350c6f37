-- A payment institution finds an order number or the serial of a receipt by itself, and the account with it: such an
-- order leaves without the holder's name.
ALTER TABLE stop_payment DROP CONSTRAINT stop_payment_complete;
ALTER TABLE stop_payment ADD CONSTRAINT stop_payment_complete CHECK (status = 'draft'
    OR num_nulls(payee_kind, payee_number, payee_bank_code, amount_fen, transferred_at, submitted_at) = 0
        AND (payee_holder IS NOT NULL OR payee_kind IN ('order_number', 'pos_serial')));
