-- The order that goes by a bank's second way after a set silence of the first. A row is there only until the order is
-- answered or given up.
CREATE TABLE second_route (
    measure_id      uuid PRIMARY KEY REFERENCES measure,
    counterparty    text NOT NULL,                   -- the bank
    send_at         timestamptz NOT NULL,            -- when to try next; first the end of the silence
    tries           integer NOT NULL DEFAULT 0,
    first_tried_at  timestamptz,
    leased_by       uuid,                            -- the worker that is at it
    leased_until    timestamptz,                     -- when it is given back
    CONSTRAINT second_route_lease CHECK ((leased_by IS NULL) = (leased_until IS NULL))
);
CREATE INDEX second_route_due ON second_route (counterparty, send_at);
ALTER TABLE second_route SET (autovacuum_vacuum_scale_factor = 0.01);
