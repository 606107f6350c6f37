-- Nothing of a drill is ever counted, so counts ask which incidents are drills: a handful among many.
CREATE INDEX incident_drill ON incident (id) WHERE drill;
COMMENT ON INDEX incident_drill IS 'the drills, for counts that leave them out';
