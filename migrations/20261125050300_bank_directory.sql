-- The bank directory as administrators loaded it: each version is kept, the last one is in use in every process.
-- Where none was loaded, the file of the configuration serves.
CREATE TABLE bank_directory (
    place      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version    text NOT NULL,                        -- SHA-256 of the body, in hex
    body       text NOT NULL,                        -- the file
    loaded_by  text NOT NULL,
    loaded_at  timestamptz NOT NULL
);
COMMENT ON TABLE bank_directory IS 'versions of the bank directory; the last one is in use';
