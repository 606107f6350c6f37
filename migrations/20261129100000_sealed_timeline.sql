-- The record proves itself. Each line of the timeline is sealed, within seconds of its commit, with a hash of itself and
-- of the seal before it: a line that is changed, taken out or put in between breaks every seal behind it, and
-- `lanjie audit verify` names the first.
CREATE TABLE timeline_seal (
    position  bigint PRIMARY KEY,                    -- 1, 2, 3 ... without a gap
    seq       bigint NOT NULL UNIQUE,                -- the line; no reference, for the seal outlives a line taken out
    txid      xid8 NOT NULL,                         -- the transaction that wrote the line: lines are sealed in the
                                                     -- order in which they become visible
    hash      bytea NOT NULL,                        -- SHA-256 of the hash before and the line
    CONSTRAINT timeline_seal_position CHECK (position > 0),
    CONSTRAINT timeline_seal_hash CHECK (length(hash) = 32)
);
CREATE TRIGGER timeline_seal_is_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON timeline_seal
    EXECUTE FUNCTION refuse_change();
