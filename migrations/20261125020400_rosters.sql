-- Who was on duty when a dispatch was ordered, and who stands in for whom the roster names.
ALTER TABLE dispatch ADD COLUMN duty jsonb;              -- shift, officers and whom to ring; NULL: ordered before this

CREATE TABLE roster_override (
    id          uuid PRIMARY KEY,
    station_id  text NOT NULL,
    from_at     timestamptz NOT NULL,
    to_at       timestamptz NOT NULL,
    officers    jsonb NOT NULL,                          -- name and phone of each; the first leads
    reason      text NOT NULL,
    made_by     uuid NOT NULL REFERENCES operator,
    created_at  timestamptz NOT NULL,
    CONSTRAINT roster_override_forwards CHECK (from_at < to_at)
);
CREATE INDEX roster_override_of_station ON roster_override (station_id, to_at);
